/** Git's wire framing (gitprotocol-common): four hex digits of length, the payload; `0000` ends a section. */
export const FLUSH: Buffer = Buffer.from('0000')
const MAX_LENGTH = 65_520

export type ReadLine =
  | { readonly kind: 'line'; readonly payload: Buffer; readonly rest: Buffer }
  | { readonly kind: 'flush'; readonly rest: Buffer }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'malformed' }

/** The first line of `bytes`. The delimiters of protocol v2 do not occur where this is used, so they are malformed. */
export function readPktLine(bytes: Buffer): ReadLine {
  if (bytes.length < 4) return { kind: 'incomplete' }
  const digits = bytes.toString('latin1', 0, 4)
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) return { kind: 'malformed' }
  const length = Number.parseInt(digits, 16)
  if (length === 0) return { kind: 'flush', rest: bytes.subarray(4) }
  if (length < 5 || length > MAX_LENGTH) return { kind: 'malformed' }
  if (bytes.length < length) return { kind: 'incomplete' }
  return { kind: 'line', payload: bytes.subarray(4, length), rest: bytes.subarray(length) }
}

export function pktLine(payload: string | Buffer): Buffer {
  const bytes = Buffer.from(payload)
  if (bytes.length + 4 > MAX_LENGTH) throw new RangeError(`a pkt-line holds at most ${MAX_LENGTH - 4} bytes`)
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes])
}

/** Bytes as side-band packets of one band: 1 = data, 2 = what git prints as `remote: …`. */
export function sideBand(band: 1 | 2, bytes: Buffer): Buffer {
  const packets: Buffer[] = []
  const size = MAX_LENGTH - 5
  for (let start = 0; start < bytes.length; start += size) {
    packets.push(pktLine(Buffer.concat([Buffer.of(band), bytes.subarray(start, start + size)])))
  }
  return Buffer.concat(packets)
}
