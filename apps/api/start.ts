import type { RunStatus } from '@errand/contracts'
import { type Actor, authenticateApiToken, type EngineDeps, listRuns, openArtifact, putInput } from '@errand/engine'
import type { Logger } from '@errand/observe'
import type { SystemPort } from '@errand/surfaces'
import { getRequestListener } from '@hono/node-server'
import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createApp } from './app.ts'
import { countAttempts } from './attempts.ts'
import { authenticator } from './authenticate.ts'
import type { Port } from './port.ts'
import type { Checks } from './routes/health.ts'
import { answerOwnerGit, type OwnerGit } from './routes/ownerGit.ts'
import type { Status } from './routes/statusPage.ts'
import { serveSockets } from './sockets.ts'

export { openPort, type Port } from './port.ts'

export interface ApiConfig {
  /** Where people reach Errand when something stands in front of it. */
  readonly publicUrl: string | null
}

export interface ApiDeps {
  readonly engine: EngineDeps
  readonly log: Logger
  readonly system: SystemPort
  /** Whose runs the status page counts. */
  readonly owner: Actor
  readonly ownerGit: OwnerGit
  readonly checks: Checks
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>
}

const STOP_PATIENCE_MS = 2_000
const COUNTED_RUNS = 100

/** Puts the api onto a port that is held already. `close` lets answers that are being written end, then hangs up. */
export function startApi(port: Port, config: ApiConfig, deps: ApiDeps): { close(): Promise<void> } {
  const { engine, system } = deps
  const log = deps.log.child({ part: 'api' })
  const attempts = countAttempts({ limit: 30, windowMs: 60_000, now: engine.now })
  const authenticate = authenticator({ attempts, findActor: (token) => authenticateApiToken(token, engine) })
  const app = createApp({
    log,
    now: engine.now,
    authenticate,
    trpc: { engine, system },
    openArtifact: (actor, id) => openArtifact(actor, id, engine),
    putInput: (actor, input) => putInput(actor, input, engine),
    checks: deps.checks,
    metrics: deps.metrics,
    status: () => readStatus(deps),
  })
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  port.serve((request, response) => {
    if (request.url?.startsWith('/git/'))
      void answerOwnerGit(request, response, { authenticate, ownerGit: deps.ownerGit })
    else void listener(request, response)
  })
  const sockets = serveSockets(port.server, {
    log,
    now: engine.now,
    authenticate,
    trpc: { engine, system },
    publicUrl: config.publicUrl,
  })
  return {
    close: async () => {
      await sockets.close()
      await closeServer(port.server)
    },
  }
}

/** Also used when a start fails before there is an api. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  await Promise.race([closed, sleep(STOP_PATIENCE_MS)])
  server.closeAllConnections()
}

async function readStatus({ engine, system, owner }: ApiDeps): Promise<Status> {
  const { version, address, startedAt, isIsolated } = system.info()
  const { runs } = await listRuns(owner, { limit: COUNTED_RUNS }, engine)
  const counts: Partial<Record<RunStatus, number>> = {}
  for (const { state } of runs) counts[state.status] = (counts[state.status] ?? 0) + 1
  return { version, address, startedAt, isIsolated, runs: counts, counted: runs.length }
}
