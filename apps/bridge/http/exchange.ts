import type { IncomingMessage, ServerResponse } from 'node:http'

/** One HTTP request and what it says about its answer. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly canStream: boolean
  /** Empty where the gateway names none. */
  readonly principal: string
}

export function headerOf({ request }: Pick<Exchange, 'request'>, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}
