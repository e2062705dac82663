import { readdirSync, readFileSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { BRIDGE_PATHS, type BridgeBoot, type BridgeHealth } from '@errand/contracts'
import type { BridgeDeps } from './deps.ts'
import { http } from './http/builtin.ts'
import { handle } from './http/handle.ts'
import { KeepAlive } from './http/keepAlive.ts'
import { Starter } from './server/starter.ts'
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

/** Answers MCP over HTTP with processes that speak it over their standard streams. */
export async function startBridge(deps: BridgeDeps): Promise<Bridge> {
  const { boot, now, log } = deps
  const keepAlive = new KeepAlive(deps)
  const starter = new Starter(deps)
  const sessions = new Sessions(starter, keepAlive, deps)
  const modern = new Modern(starter, keepAlive, deps)
  let usedAt = now().getTime()
  let underWay = 0
  const health = (): BridgeHealth => healthOf(sessions.size, underWay, starter)
  const server = http().createServer(SERVER_OPTIONS, (request, response) => {
    if (request.url !== BRIDGE_PATHS.health) {
      usedAt = now().getTime()
      underWay++
      response.once('close', () => underWay--)
    }
    handle(request, response, { sessions, modern, health, deps }).catch((error: unknown) => {
      log.note('request.failed', { error: String(error) }, 'a request could not be answered')
      response.destroy()
    })
  })
  const port = await listenAt(server, boot.listen)
  const { idle, stop } = whenIdle(boot.idleMs, () => {
    sessions.reap(boot.idleMs)
    modern.reap(boot.idleMs)
    return sessions.size + modern.size > 0 ? 0 : now().getTime() - usedAt
  })
  return {
    idle,
    port,
    health,
    async close() {
      stop()
      server.close()
      await Promise.all([sessions.closeAll(), modern.closeAll()])
      keepAlive.close()
      server.closeAllConnections()
    },
  }
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
