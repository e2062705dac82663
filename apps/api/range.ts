export interface ByteRange {
  readonly start: number
  /** Inclusive, as in the header. */
  readonly end: number
}

/**
 * The one range of a `Range` header (RFC 9110 §14.2): null when the whole is to be sent (no header, another unit,
 * several ranges), `unsatisfiable` when it lies outside.
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (match === null) return null
  const [from = '', to = ''] = match.slice(1)
  if (from === '' && to === '') return null
  if (from === '') {
    const length = Math.min(Number(to), sizeBytes)
    return length === 0 ? 'unsatisfiable' : { start: sizeBytes - length, end: sizeBytes - 1 }
  }
  const start = Number(from)
  const end = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)
  if (to !== '' && Number(to) < start) return null
  return start >= sizeBytes ? 'unsatisfiable' : { start, end }
}
