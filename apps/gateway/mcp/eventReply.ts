import { HELD_SENT } from '@errand/contracts'
import type { ServerResponse } from 'node:http'

const KEEP_ALIVE_MS = 15_000

/**
 * A stream of events to a client. A comment goes into every long silence, so that nothing on the way takes the
 * connection for dead; only between events, never inside one.
 */
export class EventReply {
  readonly #response: ServerResponse
  readonly #timer: NodeJS.Timeout
  #lastAt = performance.now()
  #isBetween = true
  #isSent = false

  constructor(response: ServerResponse, headers: Readonly<Record<string, string>> = {}) {
    this.#response = response
    if (!response.headersSent) {
      // Set one by one, so that a refusal can see what was begun.
      response.statusCode = 200
      const all = { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no', ...headers }
      for (const [name, value] of Object.entries(all)) response.setHeader(name, value)
      response.setHeader('content-type', 'text/event-stream')
      response.flushHeaders()
    }
    this.#timer = setInterval(() => this.#keepAlive(), KEEP_ALIVE_MS / 3).unref()
    response.once('close', () => clearInterval(this.#timer))
  }

  /** Bytes as they came. Resolves when there is room for more. */
  async write(bytes: Buffer | string): Promise<void> {
    this.#lastAt = performance.now()
    const end = bytes.slice(-4).toString()
    this.#isBetween = /(\n\n|\r\n\r\n|\r\r)$/.test(end)
    if (this.#response.write(bytes) || this.#response.destroyed) return
    await new Promise<void>((resolve) => {
      const go = () => {
        this.#response.off('drain', go)
        this.#response.off('close', go)
        resolve()
      }
      this.#response.once('drain', go)
      this.#response.once('close', go)
    })
  }

  get isSent(): boolean {
    return this.#isSent
  }

  send(message: object): Promise<void> {
    return this.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`)
  }

  /** From here on somebody may have heard of the call: it is not to be made again by itself. */
  sent(): void {
    if (this.#isSent) return
    this.#isSent = true
    void this.write(`${HELD_SENT}\n\n`)
  }

  /** Breaks off, so that it is seen to be no end. */
  cut(): void {
    clearInterval(this.#timer)
    this.#response.destroy()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#response.end()
  }

  #keepAlive(): void {
    if (!this.#isBetween || performance.now() - this.#lastAt < KEEP_ALIVE_MS) return
    this.#lastAt = performance.now()
    this.#response.write(': still here\n\n')
  }
}
