import type { ServerResponse } from 'node:http'
import type { BridgeDeps } from '../deps.ts'
import type { AnswerStream } from './answerStream.ts'

const TICKS = 3

/** Sends a comment on every stream that has been silent, so that nobody on the way takes it for dead. */
export class KeepAlive {
  readonly #streams = new Set<AnswerStream>()
  readonly #timer: NodeJS.Timeout
  readonly now: () => number

  constructor({ limits, now }: Pick<BridgeDeps, 'limits' | 'now'>) {
    this.now = () => now().getTime()
    const everyMs = Math.min(limits.quietMs, limits.keepAliveMs) / TICKS
    this.#timer = setInterval(() => {
      for (const stream of this.#streams) stream.keepAlive(this.now(), limits)
    }, everyMs).unref()
  }

  watch(stream: AnswerStream, response: ServerResponse): void {
    this.#streams.add(stream)
    response.once('close', () => {
      if (!stream.isConnected) this.#streams.delete(stream)
    })
  }

  close(): void {
    clearInterval(this.#timer)
  }
}
