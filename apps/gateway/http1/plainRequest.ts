import { HEAD_END, LINE_END, MAX_HEAD_BYTES, readFields } from './fields.ts'

/** A whole request, as almost all calls of MCP are: a POST with a length, in one way to read it. */
export interface PlainRequest {
  readonly url: string
  /** By lower-case names, each there once. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** So much of what was read is this request. */
  readonly bytes: number
}

const MAX_BODY_BYTES = 64 * 1024
const MAX_READ_BYTES = MAX_HEAD_BYTES + HEAD_END.length
const BEGIN = 'POST /mcp/'
const REQUEST_LINE = /^POST (\/mcp\/[\x21-\x7e]*) HTTP\/1\.1$/
/** What changes how a request is read or answered. */
const UNUSUAL = ['transfer-encoding', 'expect', 'upgrade', 'te', 'trailer', 'proxy-connection']

/**
 * The request at the beginning of these bytes. `unfinished`: the rest of its body is to come. `other`: anything else, also what
 * is wrong; nothing was taken.
 */
export function readPlainRequest(bytes: Buffer): PlainRequest | 'unfinished' | 'other' {
  // Looking for something in a text costs less than in bytes.
  const text = bytes.toString('latin1', 0, MAX_READ_BYTES)
  const end = text.startsWith(BEGIN) ? text.indexOf(HEAD_END) : -1
  if (end === -1) return 'other'
  const first = text.indexOf(LINE_END)
  const url = REQUEST_LINE.exec(text.slice(0, first))?.[1]
  const headers = headersOf(text, [first, end])
  if (url === undefined || headers === null || !isUsual(headers)) return 'other'
  const { 'content-length': said = '' } = headers
  const length = /^\d{1,6}$/.test(said) ? Number(said) : Number.POSITIVE_INFINITY
  if (length > MAX_BODY_BYTES) return 'other'
  const from = end + HEAD_END.length
  if (bytes.length < from + length) return 'unfinished'
  return { url, headers, body: bytes.subarray(from, from + length), bytes: from + length }
}

function headersOf(text: string, span: readonly [number, number]): Record<string, string> | null {
  const headers: Record<string, string> = {}
  const isFine = readFields(text, span, (name, value) => {
    // Also what every object has: that is unusual enough.
    if (headers[name] !== undefined) return false
    headers[name] = value
    return true
  })
  return isFine ? headers : null
}

function isUsual(headers: Readonly<Record<string, string>>): boolean {
  const { connection = 'keep-alive', host } = headers
  return (
    host !== undefined &&
    connection.toLowerCase() === 'keep-alive' &&
    UNUSUAL.every((name) => headers[name] === undefined)
  )
}
