import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

/** The answer of a server, as far as its head; of undici, or made here from the stream of an old server. */
export interface UpstreamAnswer {
  readonly statusCode: number
  readonly headers: IncomingHttpHeaders
  readonly body: Readable
}

/** A short body is read away, so that its connection serves again; a longer one is cut. */
const SHORT_BYTES = 64 * 1024

/** For an answer whose body nobody wants. */
export function discard({ body }: UpstreamAnswer): void {
  let bytes = 0
  body.on('error', () => undefined)
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > SHORT_BYTES) body.destroy()
  })
}
