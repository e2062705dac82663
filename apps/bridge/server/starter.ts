import type { BridgeBoot } from '@errand/contracts'
import type { BridgeDeps } from '../deps.ts'
import type { LineListener } from './lines.ts'
import { serverLog, type ServerLog } from './serverLog.ts'
import { type ServerProcess, startServerProcess } from './serverProcess.ts'

/** The server has just failed several times in a row; nothing is started until it may be tried again. */
export class StartRefused extends Error {
  readonly retryMs: number

  constructor(words: string, retryMs: number) {
    super(words)
    this.retryMs = retryMs
  }
}

export interface StartedServer {
  readonly process: ServerProcess
  readonly log: ServerLog
  /** It has answered something, so it starts. Whatever ends it later is not a failed start. */
  answered(): void
}

/** Whatever begins a conversation with the server. Throws `StartRefused`. */
export interface Starts {
  start(listener: LineListener): StartedServer
}

/** For the sandbox's own user there is no other way to another root. The wall is around both. */
function startedAs({ root, command, cwd }: BridgeBoot['server']): Pick<BridgeBoot['server'], 'command' | 'cwd'> {
  if (root === undefined) return { command, cwd }
  return { command: ['/usr/bin/unshare', '--root', root, '--wd', cwd, '--', ...command], cwd: '/' }
}

/** So many may fail in a row before anybody has to wait. */
const FREE_FAILURES = 2
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 60_000

/** Starts the server's processes, ever more slowly while they end before they have answered anything. */
export class Starter implements Starts {
  readonly #deps: BridgeDeps
  #failures = 0
  #nextAt = 0
  #started = 0
  /** How often a process ended that was not asked to. */
  crashes = 0
  lastError: string | null = null
  readonly running = new Set<ServerProcess>()

  constructor(deps: BridgeDeps) {
    this.#deps = deps
  }

  start(listener: LineListener): StartedServer {
    const { boot, now, mask, secrets, limits } = this.#deps
    const waitMs = this.#nextAt - now().getTime()
    if (waitMs > 0) throw new StartRefused(this.#words(waitMs), waitMs)
    const log = serverLog({ log: this.#deps.log, mask, name: `${++this.#started}`, now })
    const { env } = boot.server
    const { command, cwd } = startedAs(boot.server)
    const parts = { listener, maxLineBytes: limits.lineBytes, log }
    const server = startServerProcess({ command, cwd, env: { ...env, ...secrets } }, parts)
    this.running.add(server)
    let hasAnswered = false
    void server.ended.then(({ words, isWanted }) => {
      this.running.delete(server)
      if (!isWanted) this.#ended({ words, log, hasAnswered })
    })
    return {
      process: server,
      log,
      answered: () => {
        hasAnswered = true
        this.#failures = 0
        this.#nextAt = 0
      },
    }
  }

  #ended({ words, log, hasAnswered }: { words: string; log: ServerLog; hasAnswered: boolean }): void {
    this.crashes++
    this.lastError = log.lastWords === '' ? words : `${words}: ${log.lastWords}`
    this.#deps.log.note('server.ended', { crashes: this.crashes }, this.lastError)
    if (hasAnswered) return
    this.#failures++
    if (this.#failures <= FREE_FAILURES) return
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#failures - FREE_FAILURES - 1))
    this.#nextAt = this.#deps.now().getTime() + waitMs
  }

  #words(waitMs: number): string {
    const seconds = Math.max(1, Math.ceil(waitMs / 1000))
    return `The MCP server failed ${this.#failures} times in a row (${this.lastError ?? 'without a word'}). It is tried again in ${seconds} s.`
  }
}
