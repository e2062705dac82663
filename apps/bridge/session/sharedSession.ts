import type { Exchange } from '../http/exchange.ts'
import type { KeepAlive } from '../http/keepAlive.ts'
import {
  errorText,
  idJson,
  type MessageId,
  type NotificationMessage,
  type RequestMessage,
  resultText,
  withId,
} from '../message/message.ts'
import type { Ticket } from '../server/link.ts'
import { rpcErrorOf } from '../server/startError.ts'
import type { Session } from './session.ts'
import type { SharedServer } from './sharedServer.ts'
import { Streams } from './streams.ts'

/** A session of a server that is shared: the client sees a server of its own. */
export class SharedSession implements Session {
  readonly id: string
  readonly principal: string
  readonly #server: SharedServer
  readonly #keepAlive: KeepAlive
  readonly #streams: Streams
  readonly #subscriptions = new Set<unknown>()
  readonly #tickets = new Map<MessageId, Ticket>()
  #waiting = 0
  usedAt: number

  constructor({ id, principal, server, keepAlive }: SharedParts) {
    this.id = id
    this.principal = principal
    this.#server = server
    this.#keepAlive = keepAlive
    this.#streams = new Streams(id, keepAlive)
    this.usedAt = keepAlive.now()
    server.sessions.add(this)
  }

  get isInUse(): boolean {
    return this.#waiting > 0 || this.#streams.isInUse
  }

  isSubscribed(uri: unknown): boolean {
    return this.#subscriptions.has(uri)
  }

  push(text: string): void {
    const stream = this.#streams.push(text, 'listening')
    // One that reads too slowly must not hold up the others: it may come back for what it missed.
    stream?.slow?.destroy()
  }

  call(message: RequestMessage, exchange: Exchange): void {
    void this.#call(message, exchange)
  }

  notify(message: NotificationMessage): void {
    this.usedAt = this.#keepAlive.now()
    if (message.method !== 'notifications/cancelled') return
    const { requestId, reason } = message.params
    this.#tickets.get(requestId as MessageId)?.cancel(typeof reason === 'string' ? reason : 'cancelled')
  }

  answer(): void {
    // Nothing was asked.
  }

  listen(exchange: Exchange, lastEventId: string | null): void {
    this.usedAt = this.#keepAlive.now()
    this.#streams.listen(exchange, lastEventId)
  }

  close(): Promise<void> {
    this.#server.sessions.delete(this)
    for (const ticket of this.#tickets.values()) ticket.cancel('the session is over')
    this.#streams.closeAll()
    return Promise.resolve()
  }

  async #call(message: RequestMessage, exchange: Exchange): Promise<void> {
    this.usedAt = this.#keepAlive.now()
    this.#waiting++
    const stream = this.#streams.open(exchange)
    const id = idJson(message)
    const end = (text: string | null): void => {
      this.#waiting--
      this.#tickets.delete(message.id)
      this.usedAt = this.#keepAlive.now()
      this.#streams.end(stream, text)
    }
    try {
      const { link, initialized } = await this.#server.ready()
      if (message.method === 'initialize') return end(withId(initialized, id))
      if (this.#isOurs(message)) return end(resultText(id, {}))
      const ticket = link.request(message, {
        onReply: (text) => end(text),
        onRelated: (text) => {
          stream.send(text, this.#keepAlive.now())
          stream.slow?.destroy()
        },
        onFailed: (error) => end(errorText(id, error)),
      })
      if (ticket === null) return
      this.#tickets.set(message.id, {
        cancel(reason) {
          ticket.cancel(reason)
          end(null)
        },
      })
    } catch (error) {
      end(errorText(id, rpcErrorOf(error)))
    }
  }

  /** What would change the server for all sessions is kept for this one. */
  #isOurs({ method, params }: RequestMessage): boolean {
    if (method === 'ping' || method === 'logging/setLevel') return true
    if (method === 'resources/subscribe') this.#subscriptions.add(params['uri'])
    if (method !== 'resources/unsubscribe') return false
    this.#subscriptions.delete(params['uri'])
    return [...this.#server.sessions].some((session) => session.isSubscribed(params['uri']))
  }
}

interface SharedParts {
  readonly id: string
  readonly principal: string
  readonly server: SharedServer
  readonly keepAlive: KeepAlive
}
