import { closeServer, openPort, type Port, startApi } from '@errand/api-app'
import { type Fault, toFault } from '@errand/contracts'
import { type Controller, startController } from '@errand/controller-app'
import { createClaimLink, readWaysIn } from '@errand/engine'
import { startGateway } from '@errand/gateway-app'
import {
  createLogger,
  createMetrics,
  createShutdown,
  type Logger,
  noTracing,
  partStarter,
  type Shutdown,
  type StartPart,
  startTracing,
  type Tracing,
} from '@errand/observe'
import type { SystemPort } from '@errand/surfaces'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { LocalConfig } from './config.ts'
import { ensureCliToken } from './start/cliToken.ts'
import {
  type DataFolder,
  dataFolder,
  folderFault,
  prepareDataFolder,
  startFault,
  writeWhole,
} from './start/dataFolder.ts'
import { lockDataFolder, refuseSecondInstance } from './start/dataLock.ts'
import { type EngineParts, startEngine } from './start/engine.ts'
import { exitCodeOf } from './start/exitCodes.ts'
import { checksOf } from './start/health.ts'
import { noPages, type Pages, startPages } from './start/pages.ts'

import type { Progress } from './start/progress.ts'
import { rotatingFile } from './start/rotatingFile.ts'
import { ensureSessionSecret } from './start/sessionSecret.ts'
import type { Store } from '@errand/store'
import { startStore } from './start/store.ts'
import { systemPort } from './start/systemPort.ts'
import { readVersion } from './start/version.ts'

const STOP_DEADLINE_MS = 60_000

export interface Errand {
  readonly address: string
  /** False: only the demo agent runs here; `why` and what to do about it are in `machine`. */
  readonly isIsolated: boolean
  readonly machine: readonly string[]
  /** What claims this Errand, once; null when somebody has. */
  readonly claimToken: string | null
  /** False: the pages are not built, or did not come up. */
  readonly hasPages: boolean
}

/**
 * Errand on one machine, in one process beside Postgres. Rejects with a `Fault` (`start.…`) before anything was made
 * when the port or the data folder is taken; what a later failure leaves half-made, the next start completes.
 * Ctrl-C and SIGTERM end it in order and leave nothing running.
 */
export async function startErrand(config: LocalConfig, progress: Progress): Promise<Errand> {
  refuseSecondInstance(config.dataDir)
  const port = await openPort(config)
  const folder = dataFolder(config.dataDir)
  let log: Logger
  try {
    await prepareDataFolder(folder.root)
    const lock = lockDataFolder(folder.root)
    process.once('exit', () => lock.release())
    log = openLog(config, folder, progress)
  } catch (error) {
    await closeServer(port.server)
    throw folderFault(error, folder.root)
  }
  let failure: Fault | null = null
  const shutdown = createShutdown({
    log,
    deadlineMs: STOP_DEADLINE_MS,
    host: {
      on: process.on.bind(process),
      exit: (code) => {
        if (failure === null)
          progress.say(
            code === 0
              ? '✓ stopped, nothing is left running'
              : `✗ not everything ended as it should: see ${folder.log}`,
          )
        process.exit(failure === null ? code : exitCodeOf(failure.code))
      },
    },
  })
  shutdown.signal.addEventListener('abort', () => {
    if (failure === null)
      progress.say('', 'Stopping: sandboxes first, the database last. Ctrl-C again ends it at once.')
  })
  try {
    return await startParts(config, { folder, port, log, shutdown, progress })
  } catch (error) {
    failure = toFault(startFault(error, folder.root))
    log.error({ op: 'process.start', code: failure.code, error }, 'could not start')
    progress.say(...faultLines(failure, folder.log))
    await shutdown.stop('the start failed')
    throw failure
  }
}

interface Given {
  readonly folder: DataFolder
  readonly port: Port
  readonly log: Logger
  readonly shutdown: Shutdown
  readonly progress: Progress
}

async function startParts(config: LocalConfig, { folder, port, log, shutdown, progress }: Given): Promise<Errand> {
  const part = partStarter(shutdown)
  const now = () => new Date()
  const version = await readVersion()
  const { otlpEndpoint } = config
  const tracing = await part({
    name: 'tracing',
    start: async () =>
      otlpEndpoint === null ? noTracing : startTracing({ endpoint: otlpEndpoint, service: 'errand', version }),
    close: (opened) => opened.close(),
  })
  const pages = await part({
    name: 'pages',
    start: async () => openPages(config, port, log),
    close: (opened) => opened.close(),
  })
  const store = await startStore(config, folder, { part, progress, log })
  const parts = await startEngine(config, folder, { store, part, log, now })
  const address = config.publicUrl ?? port.address
  // Before anything answers at the port: who sees it ready can use `bin/errand` at once.
  await ensureCliToken(folder.cliToken, parts.owner, parts.engine)
  await writeWhole(folder.address, `${port.address}\n`, 0o644)
  const controller = Promise.withResolvers<Controller>()
  const system = systemPort({
    version,
    startedAt: now().toISOString(),
    address,
    place: parts.place,
    doctor: async () => (await controller.promise).examine({ ...boundaryOf(folder, port), owner: parts.owner }),
  })
  controller.resolve(
    await startServers(config, { ...parts, folder, port, log, now, part, progress, tracing, system, store, pages }),
  )
  const hasPages = config.pagesFolder !== null && (await progress.step('Pages', () => pages.isUp))
  log.info({ op: 'process.start', version, address, ms: Math.round(performance.now()) }, 'Errand is up')
  const { isIsolated, machine } = system.info()
  return { address, isIsolated, machine, hasPages, claimToken: await claimToken(parts) }
}

function openPages({ pagesFolder, dataDir }: LocalConfig, port: Port, log: Logger): Pages {
  if (pagesFolder === null) return noPages
  return startPages({ folder: pagesFolder, apiUrl: port.address, dataDir }, { log })
}

async function claimToken({ owner, engine }: EngineParts): Promise<string | null> {
  const { passkeys, hasPassword } = await readWaysIn(owner, engine)
  return passkeys > 0 || hasPassword ? null : createClaimLink(owner, engine)
}

/** What of ours a sandbox must not reach. */
function boundaryOf(folder: DataFolder, port: Port): Parameters<Controller['examine']>[0] {
  return {
    closedPaths: [folder.vaultPrivate, folder.sessionSecret, folder.cliToken, folder.blobs, folder.repositories],
    closedPorts: [{ port: Number(new URL(port.address).port), what: 'The api of Errand' }],
    closedSockets: [join(folder.postgres, 'run', '.s.PGSQL.5432')],
  }
}

interface Servers extends EngineParts, Omit<Given, 'shutdown'> {
  readonly store: Store
  readonly system: SystemPort
  readonly pages: Pages
  readonly part: StartPart
  readonly now: () => Date
  readonly tracing: Tracing
}

/** Closed in the opposite order: sandboxes end first, while the gateway can still take their last words. */
async function startServers(config: LocalConfig, given: Servers): Promise<Controller> {
  const { folder, port, log, now, part, progress, store, system, tracing, engine, owner, opener, place } = given
  const { pages } = given
  const { listener } = store
  const metrics = createMetrics()
  await mkdir(folder.gateway, { recursive: true })
  const { anthropicUrl, mcpRegistryUrl, imageRegistries, clientDocumentUrl, cluster } = config
  const sandboxListen = cluster === null ? null : { ...cluster.cluster.gateway, host: cluster.bind }
  const sockets = {
    socketPath: folder.gatewaySocket,
    repositoriesFolder: folder.repositories,
    anthropicUrl,
    mcpRegistryUrl,
    imageRegistries,
    clientDocumentUrl,
    sandboxListen,
  }
  const gateway = await part({
    name: 'gateway',
    start: () =>
      progress.step('Gateway', () =>
        startGateway(sockets, { engine, opener, listener, log, now, owner, metrics, tracing }),
      ),
    close: (opened) => opened.close(),
  })
  const { ownerGit } = gateway
  const checks = checksOf(store.db, gateway)
  const sessionSecret = await ensureSessionSecret(folder.sessionSecret)
  const served = { system, owner, ownerGit, checks, pagesUrl: pages.url, metrics: () => metrics.render() }
  await part({
    name: 'api',
    start: async () => startApi(port, { publicUrl: config.publicUrl, sessionSecret }, { engine, log, ...served }),
    close: (opened) => opened.close(),
  })
  const ownLog = log.child({ part: 'controller' })
  const executor = await place.open(engine, gateway.doors)
  await place.openHosted({ part, log, now, engine, gateway, listener })
  return part({
    name: 'controller',
    start: () =>
      progress.step('Controller', () => startController({}, { engine, executor, listener, metrics, log: ownLog })),
    close: async (opened) => {
      await opened.stopAllSandboxes()
    },
  })
}

function openLog(config: LocalConfig, folder: DataFolder, progress: Progress): Logger {
  const stream = rotatingFile(folder.log, {
    maxBytes: config.log.maxBytes,
    onLost: () => progress.say('! the log cannot be written (is the disk full?); Errand goes on without it'),
  })
  return createLogger({ name: 'errand', level: config.log.level, stream })
}

/** A failed start in words, with what to do. */
export function faultLines(fault: Fault, logFile: string | null): readonly string[] {
  const { words, remedy, detail } = fault.toWire()
  const log = logFile === null ? [] : [`  Log: ${logFile}`]
  return [`✗ ${words}${detail === undefined ? '' : ` ${detail}`}`, `→ ${remedy}`, ...log]
}
