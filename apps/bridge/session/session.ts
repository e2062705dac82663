import type { NotificationMessage, RequestMessage, ResponseMessage } from '../message/message.ts'
import type { Exchange } from '../http/exchange.ts'

/** A session of the eras that have them (2025-03-26 to 2025-11-25). */
export interface Session {
  readonly id: string
  readonly principal: string
  /** A request is under way or somebody listens. */
  readonly isInUse: boolean
  readonly usedAt: number
  call(message: RequestMessage, exchange: Exchange): void
  notify(message: NotificationMessage): void
  /** The client's answer to a request of the server. */
  answer(message: ResponseMessage): void
  /** The standing stream, or an earlier one that the client takes up again. */
  listen(exchange: Exchange, lastEventId: string | null): void
  close(): Promise<void>
}
