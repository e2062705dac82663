import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

/** What comes after the head; read once, or destroyed. */
export interface AnswerBody extends AsyncIterable<Buffer> {
  destroy(): void
}

/** The answer of a server, as far as its head; as it arrives, or made here from the stream of an old server. */
export interface UpstreamAnswer {
  readonly statusCode: number
  readonly headers: IncomingHttpHeaders
  readonly body: AnswerBody
}

/** A short body is read away, so that its connection serves again; a longer one is cut. */
const SHORT_BYTES = 64 * 1024

/** For an answer whose body nobody wants. */
export function discard({ body }: UpstreamAnswer): void {
  void readAway(body)
}

async function readAway(body: AnswerBody): Promise<void> {
  let bytes = 0
  try {
    for await (const chunk of body) {
      bytes += chunk.length
      if (bytes > SHORT_BYTES) break
    }
  } catch {
    // It broke off, and nobody wanted it.
  }
  body.destroy()
}

/** Destroyed before its end it would cry out, and nobody listens. */
export function bodyOf(readable: Readable): AnswerBody {
  readable.on('error', () => undefined)
  return readable
}
