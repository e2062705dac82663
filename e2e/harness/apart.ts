import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunEvent, RunId } from '@errand/contracts'
import { type Database, type EmbeddedPostgres, openDatabase, startPostgres } from '@errand/store'
import type { AppRouter } from '@errand/surfaces'
import { freePort, quietLog, until } from '@errand/testkit'
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import { type ClusterPlace, clusterPlace } from './cluster.ts'
import { controllerAccount } from './controllerAccount.ts'
import { status } from './installation.ts'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export type PartName = 'api' | 'controller' | 'gateway'

/** One process of an Errand whose parts run apart. */
export interface Part {
  readonly pid: number
  /** `SIGKILL` ends it at once; `SIGTERM` as a cluster does. Resolves when it is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
  /** Starts it again, at the same ports; resolves when it is ready. */
  start(): Promise<void>
}

/**
 * An Errand as the chart makes it, its processes on this machine: an api, two controllers and a gateway, on a Postgres that
 * outlives them all. One gateway, at the address that pods know: a pod is known by its own address, which nothing that shares
 * connections out on this machine would leave as it is.
 */
export interface Apart {
  readonly place: ClusterPlace
  /** The kubeconfig of its controllers, who may do what the chart lets them. */
  readonly account: string
  readonly api: TRPCClient<AppRouter>
  readonly controllers: readonly Part[]
  readonly gateway: Part
  /** The log of a run as it is stored. */
  events(runId: RunId): Promise<readonly RunEvent[]>
  remove(): Promise<void>
}

export async function startApart(env: Record<string, string> = {}): Promise<Apart> {
  const place = await clusterPlace()
  if (place === null) throw new Error('this is about a cluster')
  const folder = await mkdtemp(join(tmpdir(), 'errand-apart-'))
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    log: quietLog(),
    // Each process has connections of its own; the usual number is for one.
    settings: { max_connections: '80' },
  })
  const seeds = join(folder, 'seeds')
  await writeFile(seeds, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 })
  const data = join(folder, 'data')
  await mkdir(data)
  const shared = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    // An address with a host, as people write it; the socket's folder in it is what counts.
    DATABASE_URL: postgres.url.replace('@/', '@localhost/'),
    ERRAND_DATA_DIR: data,
    ERRAND_LOG_LEVEL: 'warn',
  }
  const gateway = await gatewayPart({ ...shared, ...env, ERRAND_VAULT_SEEDS: seeds }, place)
  // First: it makes the keys.
  await gateway.start()
  const account = await controllerAccount(place, join(folder, 'kubeconfig'))
  const ofController = { ...shared, ...place.env, ...env, ERRAND_KUBECONFIG: account }
  const controllers = [1, 2].map(() => partOf('controller', ofController, null))
  for (const controller of controllers) await controller.start()
  const { api, part } = await apiPart({ ...shared, ERRAND_SESSION_SECRET: randomBytes(32).toString('hex'), ...env })
  const parts = [part, ...controllers, gateway]
  const db = openDatabase({ url: postgres.url, log: quietLog(), maxConnections: 2 })
  return {
    place,
    account,
    api,
    controllers,
    gateway,
    events: (runId) =>
      db.rows<RunEvent>(
        { name: 'apart-log', text: 'select seq, at, body from run_events where run_id = $1 order by seq' },
        [runId],
      ),
    remove: () => removeAll({ parts, place, postgres, folder, db }),
  }
}

interface Removed {
  readonly parts: readonly Part[]
  readonly place: ClusterPlace
  readonly postgres: EmbeddedPostgres
  readonly folder: string
  readonly db: Database
}

async function removeAll({ parts, place, postgres, folder, db }: Removed): Promise<void> {
  await Promise.all(parts.map((part) => part.end('SIGTERM')))
  await db.close()
  await place.remove()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

type Env = Readonly<Record<string, string>>

async function gatewayPart(shared: Env, place: ClusterPlace): Promise<Part> {
  const owner = await freePort(place.address)
  const env = {
    ...shared,
    ERRAND_GATEWAY_BIND: place.address,
    ERRAND_GATEWAY_PORT: String(place.gatewayPort),
    ERRAND_CANARY_PORT: place.env['ERRAND_CANARY_PORT'] ?? '',
    ERRAND_OWNER_PORT: String(owner),
  }
  return partOf('gateway', env, `http://${place.address}:${owner}/readyz`)
}

async function apiPart(shared: Env): Promise<{ part: Part; api: TRPCClient<AppRouter> }> {
  const port = await freePort()
  const env = { ...shared, ERRAND_HOST: '127.0.0.1', ERRAND_PORT: String(port) }
  const url = `http://127.0.0.1:${port}`
  const part = partOf('api', env, `${url}/readyz`)
  await part.start()
  const token = await printedBy(
    spawn(process.execPath, [join(ROOT, 'apps/api/dist/api.mjs'), 'token', 'apart'], { env }),
  )
  const headers = { authorization: `Bearer ${token}` }
  return { part, api: createTRPCClient<AppRouter>({ links: [httpLink({ url: `${url}/trpc`, headers })] }) }
}

function partOf(name: PartName, env: Env, ready: string | null): Part {
  let running: ChildProcess | undefined
  let said = ''
  return {
    get pid() {
      return running?.pid ?? 0
    },
    async end(signal) {
      const ending = running
      running = undefined
      if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
      const gone = once(ending, 'exit')
      ending.kill(signal)
      await gone
    },
    async start() {
      const started = spawn(process.execPath, [join(ROOT, `apps/${name}/dist/${name}.mjs`)], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      running = started
      for (const stream of [started.stdout, started.stderr])
        stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-20_000)))
      if (ready === null) return
      const state = await until(
        async () => (started.exitCode === null ? (await status(ready)) === 200 && 'ready' : 'ended'),
        { deadlineMs: 30_000, what: `a ready ${name}` },
      )
      if (state === 'ended') throw new Error(`the ${name} ended with ${started.exitCode}:\n${said}`)
    },
  }
}

async function printedBy(child: ChildProcess): Promise<string> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  await once(child, 'close')
  if (child.exitCode !== 0) throw new Error(`it ended with ${child.exitCode}: ${stderr}`)
  return stdout.trim()
}
