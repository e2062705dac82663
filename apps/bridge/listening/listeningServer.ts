import { setTimeout as delay } from 'node:timers/promises'
import type { BridgeDeps } from '../deps.ts'
import type { StartedServer, Starts } from '../server/starter.ts'

const POLL_MS = 20
/** A process that ends closes its connections a moment before anybody hears of its end. */
const END_MS = 1_000
export const LOOPBACK = '127.0.0.1'

/** It was started and did not come to answer, or is gone again. */
export class NotListening extends Error {
  readonly words: string
  readonly lastWords: string

  constructor(words: string, { log: { lastWords } }: StartedServer) {
    super(`The MCP server is gone: ${words}.${lastWords === '' ? '' : ` It said: ${lastWords}`}`)
    this.words = words
    this.lastWords = lastWords
  }
}

/** The one process of a server that speaks HTTP by itself, on the sandbox's own loopback. */
export class ListeningServer {
  readonly port: number
  readonly #starter: Starts
  readonly #deps: BridgeDeps
  #current: { readonly server: StartedServer; readonly ready: Promise<StartedServer> } | null = null
  /** Whatever was agreed with the process that has just ended is void. */
  onEnded: () => void = () => undefined

  constructor(port: number, starter: Starts, deps: BridgeDeps) {
    this.port = port
    this.#starter = starter
    this.#deps = deps
  }

  /** Starts it when it is not there. Throws `StartRefused` at once; rejects with `NotListening` and its last words. */
  ready(): Promise<StartedServer> {
    if (this.#current !== null) return this.#current.ready
    // What it prints there is no protocol, so it is its log.
    const server: StartedServer = this.#starter.start({
      onLine: (line) => server.log.said(line),
      onLongLine: ({ head }) => server.log.said(head),
    })
    const current = { server, ready: this.#untilListens(server) }
    this.#current = current
    void server.process.ended.then(() => {
      if (this.#current === current) this.#current = null
      this.onEnded()
    })
    return current.ready
  }

  async stop(): Promise<void> {
    await this.#current?.server.process.stop(AT_ONCE)
  }

  async #untilListens(server: StartedServer): Promise<StartedServer> {
    const { limits, now } = this.#deps
    const until = now().getTime() + limits.startMs
    const gone = new AbortController()
    void server.process.ended.then(() => gone.abort())
    while (!gone.signal.aborted && now().getTime() < until) {
      if (await answers(this.port)) return server
      await delay(POLL_MS)
    }
    if (gone.signal.aborted) throw await whyGone(server)
    void server.process.stop(AT_ONCE)
    const words = `it did not answer at port ${this.port} within ${Math.round(limits.startMs / 1000)} s`
    throw new NotListening(words, server)
  }
}

/** Nothing is said to it by closing its input. */
const AT_ONCE = { terminateAfterMs: 0 }

/** Why a connection with it broke. */
export async function whyGone(server: StartedServer): Promise<NotListening> {
  const end = await Promise.race([server.process.ended, delay(END_MS, null, { ref: false })])
  return new NotListening(end === null ? 'it broke off its answer' : end.words, server)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = process.getBuiltinModule('node:net').connect({ host: LOOPBACK, port })
    const settle = (isOpen: boolean) => () => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', settle(true))
    socket.once('error', settle(false))
  })
}
