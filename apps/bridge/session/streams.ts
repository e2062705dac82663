import { AnswerStream } from '../http/answerStream.ts'
import type { Exchange } from '../http/exchange.ts'
import type { KeepAlive } from '../http/keepAlive.ts'
import { EventLog } from './eventLog.ts'

const MAX_BACKLOG = 100
const MAX_BACKLOG_CHARS = 2 ** 18

/** All streams of one session, and what waits for one. */
export class Streams {
  readonly #headers: Readonly<Record<string, string>>
  readonly #keepAlive: KeepAlive
  readonly #events = new EventLog<AnswerStream>()
  readonly #calls = new Set<AnswerStream>()
  #listening: AnswerStream | null = null
  #backlog: string[] = []
  #backlogChars = 0
  /** From 2025-11-25 on clients know an event without a message. */
  isPrimed = false

  constructor(sessionId: string, keepAlive: KeepAlive) {
    this.#headers = { 'mcp-session-id': sessionId }
    this.#keepAlive = keepAlive
  }

  get isInUse(): boolean {
    return this.#listening?.isConnected === true
  }

  /** The stream on which a request is answered. */
  open({ response, canStream }: Exchange): AnswerStream {
    const stream = this.#make({ response, canStream })
    this.#calls.add(stream)
    this.#flush(stream)
    return stream
  }

  /** With the answer, or with none when the client wants it no more. */
  end(stream: AnswerStream, text: string | null): void {
    this.#calls.delete(stream)
    stream.end(text, this.#keepAlive.now(), text === null ? 202 : 200)
  }

  listen({ response }: Exchange, lastEventId: string | null): void {
    const earlier = lastEventId === null ? null : this.#events.after(lastEventId)
    if (earlier !== null) {
      earlier.owner.resume(response, earlier.missed)
      return
    }
    // The older one is most likely a connection that broke without a word.
    this.#listening?.end(null, this.#keepAlive.now())
    this.#listening = this.#make({ response, canStream: true })
    this.#listening.open()
    this.#flush(this.#listening)
  }

  /** Sends on a stream of the session. `call`: it most likely belongs to a request that is under way. */
  push(text: string, prefer: 'call' | 'listening'): AnswerStream | null {
    const call = [...this.#calls].findLast((stream) => stream.takesMore)
    const listening = this.isInUse ? this.#listening : null
    const stream = (prefer === 'call' ? (call ?? listening) : (listening ?? call)) ?? null
    if (stream === null) this.#keep(text)
    else stream.send(text, this.#keepAlive.now())
    return stream
  }

  closeAll(): void {
    const now = this.#keepAlive.now()
    this.#listening?.end(null, now)
    for (const stream of this.#calls) stream.end(null, now)
  }

  #make({ response, canStream }: Pick<Exchange, 'response' | 'canStream'>): AnswerStream {
    const { isPrimed } = this
    const parts = { response, canStream, headers: this.#headers, events: this.#events, isPrimed }
    const stream = new AnswerStream(parts, this.#keepAlive.now())
    this.#keepAlive.watch(stream, response)
    return stream
  }

  /** A server that speaks while nobody listens: the newest of it is kept for whoever comes. */
  #keep(text: string): void {
    this.#backlog.push(text)
    this.#backlogChars += text.length
    while (this.#backlog.length > MAX_BACKLOG || this.#backlogChars > MAX_BACKLOG_CHARS) {
      this.#backlogChars -= this.#backlog.shift()?.length ?? 0
    }
  }

  #flush(stream: AnswerStream): void {
    if (!stream.takesMore) return
    for (const text of this.#backlog) stream.send(text, this.#keepAlive.now())
    this.#backlog = []
    this.#backlogChars = 0
  }
}
