import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

export interface ArrivingAnswer {
  readonly statusCode: number
  readonly headers: IncomingHttpHeaders
  readonly body: AsyncIterable<Buffer> & { destroy(): void }
}

/** The server is told to wait when so much was not read yet. */
const HIGH_WATER_BYTES = 256 * 1024

/**
 * Sends one request, and gives its answer as far as the head. What `request` of undici does, without the streams that it
 * makes of each body: most answers are one chunk.
 */
export function dispatch(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<ArrivingAnswer> {
  const answer = new Arriving(signal)
  dispatcher.dispatch(options, answer)
  return answer.head
}

class Arriving implements Dispatcher.DispatchHandler, AsyncIterableIterator<Buffer, undefined> {
  readonly head: Promise<ArrivingAnswer>
  readonly #signal: AbortSignal
  readonly #chunks: Buffer[] = []
  #begin: (answer: ArrivingAnswer) => void = ignore
  #fail: (error: Error) => void = ignore
  #wake: () => void = ignore
  #controller: Dispatcher.DispatchController | null = null
  #held = 0
  #isOver = false
  #error: Error | null = null

  constructor(signal: AbortSignal) {
    this.#signal = signal
    this.head = new Promise((resolve, reject) => {
      this.#begin = resolve
      this.#fail = reject
    })
    if (signal.aborted) this.#abort()
    else signal.addEventListener('abort', this.#abort)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#error !== null) controller.abort(this.#error)
  }

  onResponseStart(_: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders): void {
    if (statusCode >= 200) this.#begin({ statusCode, headers, body: this })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    if (this.#held > HIGH_WATER_BYTES) controller.pause()
    this.#wake()
  }

  onResponseEnd(): void {
    this.#isOver = true
    this.#settle()
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#error ??= error
    this.#settle()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  // A generator would do the same at several times the cost.
  async next(): Promise<IteratorResult<Buffer, undefined>> {
    for (;;) {
      const value = this.#chunks.shift()
      if (value !== undefined) {
        this.#held -= value.length
        if (this.#held === 0 && this.#controller?.paused === true) this.#controller.resume()
        return { done: false, value }
      }
      if (this.#error !== null) throw this.#error
      if (this.#isOver) return { done: true, value: undefined }
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  destroy(): void {
    if (this.#isOver || this.#error !== null) return
    this.#stop(new Error('nobody reads the answer any more'))
  }

  readonly #abort = (): void => {
    const { reason } = this.#signal as { readonly reason: unknown }
    this.#stop(reason instanceof Error ? reason : new Error('aborted', { cause: reason }))
  }

  #stop(error: Error): void {
    this.#error ??= error
    this.#controller?.abort(error)
    this.#settle()
  }

  #settle(): void {
    this.#signal.removeEventListener('abort', this.#abort)
    if (this.#error !== null) this.#fail(this.#error)
    this.#wake()
  }
}

function ignore(): void {
  // Nobody waits yet, or any more.
}
