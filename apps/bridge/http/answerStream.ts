import type { ServerResponse } from 'node:http'
import type { EventLog } from '../session/eventLog.ts'

export interface AnswerParts {
  readonly response: ServerResponse
  /** The client takes `text/event-stream`. */
  readonly canStream: boolean
  readonly headers?: Readonly<Record<string, string>>
  /** Where its events are kept for a client that comes back; null in the era that has no coming back. */
  readonly events: EventLog<AnswerStream> | null
  /** The client wants an event without a message first, so that it can come back from the very beginning. */
  readonly isPrimed: boolean
}

/** A reader that is so far behind is waited for. */
const SLOW_BYTES = 2 ** 20

/**
 * The answer to one HTTP request: one JSON body when nothing comes before the last message, else a stream of events.
 * A client that goes away may take it up again.
 */
export class AnswerStream {
  readonly #parts: AnswerParts
  readonly #number: number
  #response: ServerResponse | null
  #isOpen = false
  #writtenAt: number
  isDone = false

  constructor(parts: AnswerParts, now: number) {
    this.#parts = parts
    this.#number = parts.events?.open(this) ?? 0
    this.#response = parts.response
    this.#writtenAt = now
    this.#watch(parts.response)
  }

  get isConnected(): boolean {
    return this.#response !== null
  }

  /** Something can be sent on it that is not the last message. */
  get takesMore(): boolean {
    return !this.isDone && this.#parts.canStream && (this.isConnected || this.#isOpen)
  }

  /** The response to wait for, when its reader is far behind. */
  get slow(): ServerResponse | null {
    return (this.#response?.writableLength ?? 0) > SLOW_BYTES ? this.#response : null
  }

  /** Begins the stream now. */
  open(): void {
    if (this.#isOpen || !this.#parts.canStream) return
    this.#isOpen = true
    if (this.#response !== null) startEvents(this.#response, this.#parts.headers)
    const { events, isPrimed } = this.#parts
    if (events !== null && isPrimed) this.#write(frame(events.add(this.#number, ''), ''))
  }

  send(text: string, now: number): void {
    if (this.isDone || !this.#parts.canStream) return
    this.open()
    this.#writtenAt = now
    this.#write(frame(this.#parts.events?.add(this.#number, text) ?? null, text))
  }

  /** With the last message, or without one. */
  end(text: string | null, now: number, status = 200): void {
    if (this.isDone) return
    if (this.#isOpen) {
      if (text !== null) this.send(text, now)
      this.#response?.end()
    } else if (this.#response !== null) {
      writeJson(this.#response, { status, text: text ?? '', headers: this.#parts.headers })
    }
    this.isDone = true
    this.#parts.events?.close(this.#number)
  }

  /** A client that had gone away takes it up again after an event that it has. */
  resume(response: ServerResponse, missed: readonly { readonly id: string; readonly text: string }[]): void {
    this.#response?.destroy()
    startEvents(response, this.#parts.headers)
    for (const { id, text } of missed) response.write(frame(id, text))
    if (this.isDone) return void response.end()
    this.#response = response
    this.#watch(response)
  }

  keepAlive(now: number, { quietMs, keepAliveMs }: { quietMs: number; keepAliveMs: number }): void {
    if (this.#response === null || this.isDone) return
    const silence = now - this.#writtenAt
    if (!this.#isOpen && silence >= quietMs) this.open()
    else if (this.#isOpen && silence >= keepAliveMs) {
      this.#writtenAt = now
      this.#response.write(': \n\n')
    }
  }

  #write(text: string): void {
    this.#response?.write(text)
  }

  #watch(response: ServerResponse): void {
    response.on('close', () => {
      if (this.#response === response) this.#response = null
    })
  }
}

function startEvents(response: ServerResponse, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    ...headers,
  })
  response.flushHeaders()
}

function frame(id: string | null, text: string): string {
  return id === null ? `event: message\ndata: ${text}\n\n` : `event: message\nid: ${id}\ndata: ${text}\n\n`
}

export function writeJson(
  response: ServerResponse,
  {
    status,
    text,
    headers = {},
  }: { status: number; text: string; headers?: Readonly<Record<string, string>> | undefined },
): void {
  if (response.headersSent || response.destroyed) return
  const type = text === '' ? {} : { 'content-type': 'application/json' }
  response.writeHead(status, { ...type, 'content-length': Buffer.byteLength(text), ...headers })
  response.end(text)
}
