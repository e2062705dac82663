import type { Readable } from 'node:stream'
import { Fault } from '@errand/contracts'

export interface Blob {
  readonly sha256: string
  readonly sizeBytes: number
}

export interface PutOptions {
  /** What the sender announced; bytes that differ are refused with `artifact.hash-mismatch`. */
  readonly sha256?: string
  readonly sizeBytes?: number
  /** More than this is refused with `artifact.too-large`, before it is written where the size was announced. */
  readonly maxBytes: number
}

/** First and last byte, both included, as in an HTTP range. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Immutable bytes, named by their SHA-256 (64 lower-case hex digits). */
export interface Blobs {
  /**
   * Takes a stream without holding it in memory. When it resolves, the bytes are kept for good under their hash; when it
   * rejects, nothing is left. Putting what is there already is fine. A full disk is `storage.full`.
   */
  put(body: Readable, options: PutOptions): Promise<Blob>
  /** Rejects with `artifact.unknown` before the first byte when there is no such blob. The caller ends the stream. */
  open(sha256: string, options?: { readonly range?: ByteRange }): Promise<Readable>
  has(sha256: string): Promise<boolean>
  /**
   * False when there was nothing to delete, or when the blob was put at or after `putBefore`: a sender may just have
   * brought the same bytes again and be about to name them in a row.
   */
  delete(sha256: string, options?: { readonly putBefore?: Date }): Promise<boolean>
  /** Removes what interrupted puts left before that time; gives how many files. */
  sweep(before: Date): Promise<number>
}

/** Of a blob, as folders of few entries and a name. Anything but a hash names nothing. */
export function keyOf(sha256: string): readonly [string, string, string] {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Fault('artifact.unknown')
  return [sha256.slice(0, 2), sha256.slice(2, 4), sha256]
}
