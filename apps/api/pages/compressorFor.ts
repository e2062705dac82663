import type { IncomingHttpHeaders } from 'node:http'
import type { Transform } from 'node:stream'
import { constants, createBrotliCompress, createGzip } from 'node:zlib'

export interface Compressor {
  readonly encoding: 'br' | 'gzip'
  readonly stream: Transform
}

const TEXT = /^(text\/|application\/(javascript|json|manifest\+json|xml)|image\/svg)/
const SMALL_BYTES = 1_000

/** What to send an answer through: null when it is small, not text, compressed already, or nobody asked for it. */
export function compressorFor(asked: IncomingHttpHeaders, answer: IncomingHttpHeaders): Compressor | null {
  if (answer['content-encoding'] !== undefined || !TEXT.test(answer['content-type'] ?? '')) return null
  if (Number(answer['content-length'] ?? Infinity) < SMALL_BYTES) return null
  const accepted = String(asked['accept-encoding'] ?? '')
  // Each piece leaves as it comes: a page shows its frame before its data is there.
  if (/\bbr\b/.test(accepted)) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 4 }
    return { encoding: 'br', stream: createBrotliCompress({ params, flush: constants.BROTLI_OPERATION_FLUSH }) }
  }
  if (/\bgzip\b/.test(accepted)) {
    return { encoding: 'gzip', stream: createGzip({ level: 6, flush: constants.Z_SYNC_FLUSH }) }
  }
  return null
}
