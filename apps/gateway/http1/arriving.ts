import type { AnswerHead } from './answerReader.ts'
import type { Connection, Waiting } from './connection.ts'

export interface ArrivingAnswer extends AnswerHead {
  readonly body: AsyncIterable<Buffer> & { destroy(): void }
}

/** The server is told to wait when so much was not read yet. */
const HIGH_WATER_BYTES = 256 * 1024

/** The answer to one request, from its being sent to the last byte: a head that is waited for, and a body that is read or dropped. */
export class Arriving implements Waiting, AsyncIterableIterator<Buffer, undefined> {
  readonly head: Promise<ArrivingAnswer>
  readonly #signal: AbortSignal
  readonly #chunks: Buffer[] = []
  #begin: (answer: ArrivingAnswer) => void = ignore
  #fail: (error: Error) => void = ignore
  #wake: () => void = ignore
  #connection: Connection | null = null
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

  /** Nobody waits for it any more. */
  get isStopped(): boolean {
    return this.#error !== null
  }

  /** As its request is about to be sent over this one. */
  comeOver(connection: Connection): void {
    this.#connection = connection
  }

  onHead({ statusCode, headers }: AnswerHead): void {
    this.#begin({ statusCode, headers, body: this })
  }

  onData(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    if (this.#held > HIGH_WATER_BYTES) this.#connection?.pause()
    this.#wake()
  }

  onEnd(): void {
    this.#isOver = true
    this.#settle()
  }

  onError(error: Error): void {
    this.#error ??= error
    this.#settle()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  // A generator would do the same at several times the cost, and so would an async function.
  next(): Promise<IteratorResult<Buffer, undefined>> {
    const value = this.#chunks.shift()
    if (value !== undefined) {
      this.#held -= value.length
      if (this.#held === 0) this.#connection?.resume()
      return Promise.resolve({ done: false, value })
    }
    if (this.#error !== null) return Promise.reject(this.#error)
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined })
    return new Promise<void>((resolve) => (this.#wake = resolve)).then(() => this.next())
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
    this.#connection?.destroy()
    this.#settle()
  }

  #settle(): void {
    // The next request may be under way on it.
    this.#connection = null
    this.#signal.removeEventListener('abort', this.#abort)
    if (this.#error !== null) this.#fail(this.#error)
    this.#wake()
  }
}

function ignore(): void {
  // Nobody waits yet, or any more.
}
