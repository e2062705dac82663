import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'

/** A request's body, which several may have to do with: who judges it, who sends it on, who takes in the rest. */
export interface RequestBody {
  readonly chunks: AsyncIterator<Buffer>
  /** Takes in what is left: git reads an answer only once its own request is sent. */
  drain(): Promise<void>
}

/** `isUnzipped`: as it is after `content-encoding: gzip`. */
export function requestBody(request: IncomingMessage, { isUnzipped = false } = {}): RequestBody {
  const chunks = isUnzipped ? unzipped(request) : (request as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  return {
    chunks,
    async drain() {
      try {
        while ((await chunks.next()).done !== true);
      } catch {
        // The caller has gone away, or sent what cannot be unzipped: there is no rest to wait for.
        request.resume()
      }
    },
  }
}

/**
 * `seen`, then everything that is left. Whoever stops reading it early leaves the request open, so that it can still
 * be answered: a stream that was handed the request itself would take the caller's connection with it.
 */
export async function* bodyAgain(
  seen: readonly Buffer[],
  chunks: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  yield* seen
  for (;;) {
    const { value, done } = await chunks.next()
    if (done === true) return
    yield value
  }
}

async function* unzipped(request: IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
  const gunzip = createGunzip()
  request.once('error', (error) => gunzip.destroy(error))
  request.once('aborted', () => gunzip.destroy(new Error('the caller went away')))
  yield* request.pipe(gunzip) as AsyncIterable<Buffer>
}
