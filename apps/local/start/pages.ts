import type { Logger } from '@errand/observe'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

interface PagesConfig {
  /** Of the build: `server.js` lies in `apps/web` below it. */
  readonly folder: string
  /** Where the pages' server asks for what it shows. */
  readonly apiUrl: string
  /** Only so that a look at the processes tells whose they are. */
  readonly dataDir: string
}

export interface Pages {
  /** Null while they are not up. */
  readonly url: () => string | null
  /** Resolves when they answered for the first time; false when they did not within half a minute. */
  readonly isUp: Promise<boolean>
  readonly close: () => Promise<void>
}

/** Nobody wants any. */
export const noPages: Pages = { url: () => null, isUp: Promise.resolve(false), close: () => Promise.resolve() }

const GUARD = fileURLToPath(new URL('exitWithParent.mjs', import.meta.url))
/** It holds no data of its own: what it needs above this is garbage that was not collected yet. */
const HEAP_MIB = 192
const UP_PATIENCE_MS = 30_000
const LONGEST_PAUSE_MS = 30_000
const STABLE_MS = 60_000
const STOP_PATIENCE_MS = 2_000

/** Runs the web process on a free loopback port, and starts it anew when it ends. Without a build there are no pages. */
export function startPages({ folder, apiUrl, dataDir }: PagesConfig, deps: { log: Logger }): Pages {
  const log = deps.log.child({ part: 'pages' })
  const stop = new AbortController()
  let url: string | null = null
  let child: ChildProcess | null = null
  let tellUp: (isUp: boolean) => void = () => undefined
  const isUp = new Promise<boolean>((resolve) => {
    tellUp = resolve
  })
  setTimeout(() => tellUp(false), UP_PATIENCE_MS).unref()

  async function runOnce(): Promise<number> {
    const port = await freePort()
    const began = Date.now()
    child = spawnWeb(folder, { port, apiUrl, dataDir })
    logLines(child, log)
    const ended = once(child, 'exit')
    if (await answers(`http://127.0.0.1:${port}/mark.svg`, ended)) {
      url = `http://127.0.0.1:${port}`
      log.info({ op: 'pages.start', ms: Date.now() - began, pid: child.pid }, 'the pages are up')
      tellUp(true)
    }
    const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null]
    url = null
    child = null
    if (!stop.signal.aborted) log.warn({ op: 'pages.end', code, signal }, 'the web process ended; it is started anew')
    return Date.now() - began
  }

  async function supervise(): Promise<void> {
    let pauseMs = 500
    while (!stop.signal.aborted) {
      const lastedMs = await runOnce()
      if (stop.signal.aborted) return
      pauseMs = lastedMs > STABLE_MS ? 500 : Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
      await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }

  const isBuilt = existsSync(join(folder, 'apps/web/server.js'))
  if (!isBuilt) {
    log.warn({ op: 'pages.missing', folder }, 'the pages are not built')
    tellUp(false)
  }
  const supervised = isBuilt ? supervise() : Promise.resolve()
  supervised.catch((error: unknown) => log.error({ op: 'pages.supervise', error }, 'the pages are gone'))
  return {
    url: () => url,
    isUp,
    close: async () => {
      stop.abort()
      const running = child
      running?.kill('SIGTERM')
      const patience = setTimeout(() => running?.kill('SIGKILL'), STOP_PATIENCE_MS)
      await supervised.catch(() => undefined)
      clearTimeout(patience)
    },
  }
}

function spawnWeb(folder: string, given: { port: number; apiUrl: string; dataDir: string }): ChildProcess {
  const cwd = join(folder, 'apps/web')
  const flags = [`--max-old-space-size=${HEAP_MIB}`, '--max-semi-space-size=8', '--import', GUARD]
  return spawn(process.execPath, [...flags, 'server.js'], {
    cwd,
    env: {
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      HOSTNAME: '127.0.0.1',
      PORT: String(given.port),
      ERRAND_API_URL: given.apiUrl,
      ERRAND_DATA_DIR: given.dataDir,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

function logLines(child: ChildProcess, log: Logger): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() !== '') log.debug({ op: 'pages.say', line }, 'from the web process')
    })
  }
}

/** True once it answers; false when it ended before. */
async function answers(url: string, ended: Promise<unknown>): Promise<boolean> {
  let isOver = false
  void ended.then(() => (isOver = true))
  while (!isOver) {
    const answer = await fetch(url).catch(() => null)
    await answer?.body?.cancel()
    if (answer?.ok === true) return true
    await sleep(50)
  }
  return false
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
