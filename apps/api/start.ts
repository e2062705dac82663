import {
  type Actor,
  authenticateApiToken,
  authenticateSession,
  consumeClaimLink,
  type EngineDeps,
  listArtifacts,
  openArtifact,
  putInput,
  readClaimLink,
  readWaysIn,
  requireFreshSession,
  revokeOtherSessions,
  takeCallback,
} from '@errand/engine'
import type { Logger } from '@errand/observe'
import { authDatabase, authTables } from '@errand/store'
import type { SystemPort } from '@errand/surfaces'
import { getRequestListener } from '@hono/node-server'
import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createApp, isOwnPath } from './app.ts'
import { countAttempts } from './attempts.ts'
import { identifier } from './auth/identify.ts'
import type { AuthPort } from './auth/port.ts'
import { authenticator } from './authenticate.ts'
import { forwardToPages } from './pages/forwardToPages.ts'
import type { Port } from './port.ts'
import type { Checks } from './routes/health.ts'
import { answerOwnerGit, type OwnerGit } from './routes/ownerGit.ts'
import { serveSockets } from './sockets.ts'

export { openPort, type Port } from './port.ts'

export interface ApiConfig {
  /** Where people reach Errand when something stands in front of it. */
  readonly publicUrl: string | null
  /** Signs what a browser is given to keep. */
  readonly sessionSecret: string
}

export interface ApiDeps {
  readonly engine: EngineDeps
  readonly log: Logger
  readonly system: SystemPort
  /** Who may claim this Errand, and signs in. */
  readonly owner: Actor
  readonly ownerGit: OwnerGit
  readonly checks: Checks
  /** Where the web process listens now; null while there is none. */
  readonly pagesUrl: () => string | null
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>
}

const STOP_PATIENCE_MS = 2_000

/** Puts the api onto a port that is held already. `close` lets answers that are being written end, then hangs up. */
export function startApi(port: Port, config: ApiConfig, deps: ApiDeps): { close(): Promise<void> } {
  const { engine, system } = deps
  const log = deps.log.child({ part: 'api' })
  const attempts = countAttempts({ limit: 30, windowMs: 60_000, now: engine.now })
  const authenticate = authenticator({ attempts, findActor: (token) => authenticateApiToken(token, engine) })
  const { publicUrl } = config
  const bySession = (token: string) => authenticateSession(token, engine)
  const identify = identifier({ authenticate, authenticateSession: bySession, publicUrl })
  const wrongPasswords = countAttempts({ limit: 10, windowMs: 300_000, now: engine.now })
  const pages = forwardToPages({ pagesUrl: deps.pagesUrl, publicUrl, log })
  const app = createApp({
    log,
    now: engine.now,
    identify,
    auth: { port: authPort(config, deps, log), publicUrl, attempts: wrongPasswords },
    trpc: { engine, system },
    openArtifact: (actor, id) => openArtifact(actor, id, engine),
    listArtifacts: (actor, runId) => listArtifacts(actor, runId, engine),
    putInput: (actor, input) => putInput(actor, input, engine),
    checks: deps.checks,
    takeCallback: (query) => takeCallback(query, engine),
    showPage: (request, response) => pages.forward(request, response),
    metrics: deps.metrics,
  })
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  port.serve((request, response) => {
    const url = request.url ?? '/'
    if (url.startsWith('/git/')) void answerOwnerGit(request, response, { authenticate, ownerGit: deps.ownerGit })
    else if (isOwnPath(url)) void listener(request, response)
    else pages.forward(request, response)
  })
  const sockets = serveSockets(port.server, { log, now: engine.now, identify, trpc: { engine, system }, publicUrl })
  return {
    close: async () => {
      await sockets.close()
      pages.close()
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

function authPort({ sessionSecret }: ApiConfig, { engine, owner }: ApiDeps, log: Logger): AuthPort {
  return {
    secret: sessionSecret,
    now: engine.now,
    log,
    database: authDatabase(engine.db),
    tables: authTables,
    owner,
    readClaimLink: (token) => readClaimLink(token, engine),
    consumeClaimLink: (token) => consumeClaimLink(token, engine),
    readWaysIn: (person) => readWaysIn(person, engine),
    authenticateSession: (token) => authenticateSession(token, engine),
    revokeOtherSessions: (person, except) => revokeOtherSessions(person, except, engine),
    requireFreshSession: (actor) => requireFreshSession(actor, engine.now()),
  }
}
