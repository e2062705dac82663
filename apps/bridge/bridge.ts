import { readdirSync, readFileSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { BRIDGE_PATHS, type BridgeBoot, type BridgeHealth } from '@errand/contracts'
import type { BridgeDeps } from './deps.ts'
import { http } from './http/builtin.ts'
import { handle } from './http/handle.ts'
import { KeepAlive } from './http/keepAlive.ts'
import { Direct } from './listening/direct.ts'
import { ListeningServer } from './listening/listeningServer.ts'
import { SseConnections } from './listening/sseConnections.ts'
import { Starter, type Starts } from './server/starter.ts'
import { Modern } from './session/modern.ts'
import { Sessions } from './session/sessions.ts'

export interface Bridge {
  /** Resolves when nobody has asked for `idleMs`; then `close` it. */
  readonly idle: Promise<void>
  /** Of a TCP listener; 0 otherwise. */
  readonly port: number
  health(): BridgeHealth
  /** Ends every session, process and connection. */
  close(): Promise<void>
}

const SHORTEST_LOOK_MS = 50
const LONGEST_LOOK_MS = 5_000

/** Answers MCP over HTTP with processes that speak it over their standard streams, or by themselves over HTTP. */
export async function startBridge(deps: BridgeDeps): Promise<Bridge> {
  const { boot, now, log } = deps
  const keepAlive = new KeepAlive(deps)
  const starter = new Starter(deps)
  const { starts, direct, stopListening } = waysTo(starter, deps)
  const sessions = new Sessions(starts, keepAlive, deps)
  const modern = new Modern(starts, keepAlive, deps)
  let usedAt = now().getTime()
  let underWay = 0
  const health = (): BridgeHealth => healthOf(sessions.size + (direct?.size ?? 0), underWay, starter)
  const server = http().createServer(SERVER_OPTIONS, (request, response) => {
    if (request.url !== BRIDGE_PATHS.health) {
      usedAt = now().getTime()
      underWay++
      response.once('close', () => {
        usedAt = now().getTime()
        underWay--
      })
    }
    handle(request, response, { sessions, modern, direct, health, deps }).catch((error: unknown) => {
      log.note('request.failed', { error: String(error) }, 'a request could not be answered')
      response.destroy()
    })
  })
  const port = await listenAt(server, boot.listen)
  const { idle, stop } = whenIdle(boot.idleMs, () => {
    sessions.reap(boot.idleMs)
    modern.reap(boot.idleMs)
    const isInUse = direct === null ? sessions.size + modern.size > 0 : underWay > 0
    return isInUse ? 0 : now().getTime() - usedAt
  })
  return {
    idle,
    port,
    health,
    async close() {
      stop()
      server.close()
      await Promise.all([sessions.closeAll(), modern.closeAll()])
      await stopListening()
      keepAlive.close()
      server.closeAllConnections()
    },
  }
}

interface Ways {
  readonly starts: Starts
  readonly direct: Direct | null
  readonly stopListening: () => Promise<void>
}

/** How this server is spoken to. */
function waysTo(starter: Starter, deps: BridgeDeps): Ways {
  const { http: own } = deps.boot.server
  if (own === undefined) return { starts: starter, direct: null, stopListening: () => Promise.resolve() }
  const listening = new ListeningServer(own.port, starter, deps)
  const stopListening = (): Promise<void> => listening.stop()
  if (own.transport === 'sse')
    return { starts: new SseConnections(listening, own.path, deps), direct: null, stopListening }
  return { starts: starter, direct: new Direct(listening, own.path, deps), stopListening }
}

/** Streams may be silent for hours; the gateway ends them. */
const SERVER_OPTIONS = { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 60_000, noDelay: true }

function whenIdle(idleMs: number, silence: () => number): { idle: Promise<void>; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  const everyMs = Math.min(LONGEST_LOOK_MS, Math.max(SHORTEST_LOOK_MS, idleMs / 4))
  const timer = setInterval(() => {
    if (silence() >= idleMs) resolve()
  }, everyMs)
  return { idle: promise, stop: () => clearInterval(timer) }
}

async function listenAt(server: Server, listen: BridgeBoot['listen']): Promise<number> {
  if (listen.kind === 'socket') await rm(listen.path, { force: true })
  const place = listen.kind === 'socket' ? { path: listen.path } : { host: listen.host, port: listen.port }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(place, resolve)
  })
  // The gateway runs under another user; the folder decides who comes this far.
  if (listen.kind === 'socket') await chmod(listen.path, 0o666)
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function healthOf(sessions: number, waiting: number, starter: Starter): BridgeHealth {
  return {
    ok: true,
    sessions,
    processes: starter.running.size,
    waiting,
    crashes: starter.crashes,
    lastError: starter.lastError,
    memoryMib: memoryMib(),
  }
}

const PAGE_MIB = 4096 / 2 ** 20

/** Of every process that can be seen: in the sandbox that is the bridge and its servers. */
function memoryMib(): number {
  let pages = 0
  for (const pid of readdirSync('/proc')) if (/^\d+$/.test(pid)) pages += residentPages(pid)
  return Math.round(pages * PAGE_MIB)
}

function residentPages(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1] ?? 0)
  } catch {
    // It has just ended.
    return 0
  }
}
