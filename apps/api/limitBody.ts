import { Fault } from '@errand/contracts'
import type { MiddlewareHandler } from 'hono'

/**
 * Refuses a body that is larger than the limit before it is read. It is judged by its announced length, which Node holds
 * the sender to; a body without one is refused, because every client of ours announces it.
 */
export function limitBody(maxBytes: number): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.header('transfer-encoding') !== undefined)
      throw new Fault('input.invalid', 'The body needs its length: Content-Length.')
    if (Number(c.req.header('content-length') ?? 0) > maxBytes) throw new Fault('request.too-large')
    await next()
  }
}
