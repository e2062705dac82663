import type { BridgeDeps } from '../deps.ts'
import type { AnswerStream } from '../http/answerStream.ts'
import type { Exchange } from '../http/exchange.ts'
import type { KeepAlive } from '../http/keepAlive.ts'
import {
  errorText,
  idJson,
  type MessageId,
  type NotificationMessage,
  type RequestMessage,
  type ResponseMessage,
  RPC,
} from '../message/message.ts'
import { isObject } from '../message/spans.ts'
import { Link, type Ticket } from '../server/link.ts'
import type { Starts } from '../server/starter.ts'
import type { Session } from './session.ts'
import { Streams } from './streams.ts'

export interface SessionParts {
  readonly id: string
  readonly principal: string
  readonly starter: Starts
  readonly keepAlive: KeepAlive
  readonly deps: BridgeDeps
  /** It has ended by itself. */
  readonly onEnded: () => void
}

/** What a server says to the session as a whole and not to one request. */
const NEWS = /^notifications\/(tools|prompts|resources|roots)\//

/**
 * A session with a process of its own. Both sides speak through it unchanged but for the ids; when the process is gone,
 * so is the session, and the client is told to begin another one.
 */
export class OwnSession implements Session {
  readonly id: string
  readonly principal: string
  readonly #parts: SessionParts
  readonly #link: Link
  readonly #streams: Streams
  readonly #tickets = new Map<MessageId, Ticket>()
  /** Requests of the server that the client has not answered. */
  readonly #asked = new Set<MessageId>()
  usedAt: number

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.id = parts.id
    this.principal = parts.principal
    this.#streams = new Streams(parts.id, parts.keepAlive)
    this.usedAt = parts.keepAlive.now()
    const listener = {
      onUnrelated: (message: RequestMessage | NotificationMessage) => this.#onUnrelated(message),
      onEnded: () => this.#onEnded(),
    }
    this.#link = new Link(parts.starter, listener, parts.deps)
  }

  get isInUse(): boolean {
    return this.#link.waiting > 0 || this.#streams.isInUse
  }

  /** The first request. A server that does not take it, or does not answer, is not kept. */
  initialize(message: RequestMessage, exchange: Exchange): void {
    const { startMs } = this.#parts.deps.limits
    const late = setTimeout(() => {
      const words = `The MCP server did not answer its first message within ${Math.round(startMs / 1000)} s.`
      this.#streams.end(stream, errorText(idJson(message), { code: RPC.server, message: words }))
      void this.close()
    }, startMs)
    const stream = this.#ask(message, exchange, (reply) => {
      clearTimeout(late)
      if (reply?.error !== null) return void this.close()
      const version = isObject(reply.result) ? reply.result['protocolVersion'] : null
      this.#streams.isPrimed = typeof version === 'string' && version >= '2025-11-25'
    })
  }

  call(message: RequestMessage, exchange: Exchange): void {
    this.#ask(message, exchange, () => undefined)
  }

  notify(message: NotificationMessage): void {
    this.#touch()
    if (message.method !== 'notifications/cancelled') return void this.#link.send(message.text)
    const id = message.params['requestId']
    const reason = message.params['reason']
    this.#tickets.get(id as MessageId)?.cancel(typeof reason === 'string' ? reason : 'cancelled')
  }

  answer(message: ResponseMessage): void {
    this.#touch()
    // Answers to what was never asked are not the server's to see.
    if (message.id !== null && this.#asked.delete(message.id)) this.#link.send(message.text)
  }

  listen(exchange: Exchange, lastEventId: string | null): void {
    this.#touch()
    this.#streams.listen(exchange, lastEventId)
  }

  async close(): Promise<void> {
    await this.#link.stop()
  }

  #ask(message: RequestMessage, exchange: Exchange, onDone: (reply: ResponseMessage | null) => void): AnswerStream {
    this.#touch()
    const stream = this.#streams.open(exchange)
    const end = (text: string, reply: ResponseMessage | null): void => {
      this.#touch()
      this.#tickets.delete(message.id)
      this.#streams.end(stream, text)
      onDone(reply)
    }
    const ticket = this.#link.request(message, {
      onReply: end,
      onRelated: (text) => this.#send(stream, text),
      onFailed: (error) => end(errorText(idJson(message), error), null),
    })
    if (ticket !== null) this.#tickets.set(message.id, this.#ending(ticket, stream, message.id))
    return stream
  }

  /** A request that the client gave up has no answer; its HTTP request ends all the same. */
  #ending(ticket: Ticket, stream: AnswerStream, id: MessageId): Ticket {
    return {
      cancel: (reason) => {
        ticket.cancel(reason)
        this.#tickets.delete(id)
        this.#streams.end(stream, null)
      },
    }
  }

  #onUnrelated(message: RequestMessage | NotificationMessage): void {
    if (message.kind === 'request') this.#asked.add(message.id)
    const stream = this.#streams.push(message.text, NEWS.test(message.method) ? 'listening' : 'call')
    if (stream?.slow) this.#link.hold(stream.slow)
  }

  #send(stream: AnswerStream, text: string): void {
    stream.send(text, this.#parts.keepAlive.now())
    if (stream.slow !== null) this.#link.hold(stream.slow)
  }

  #onEnded(): void {
    this.#streams.closeAll()
    this.#parts.onEnded()
  }

  #touch(): void {
    this.usedAt = this.#parts.keepAlive.now()
  }
}
