import { HEAD_END, HEAD_END_BYTES, LINE_END, MAX_HEAD_BYTES, readField } from './fields.ts'

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
const BEGIN = Buffer.from('POST /mcp/')
const REQUEST_LINE = /^POST (\/mcp\/[\x21-\x7e]*) HTTP\/1\.1$/
/** What changes how a request is read or answered. */
const UNUSUAL = ['transfer-encoding', 'expect', 'upgrade', 'te', 'trailer', 'proxy-connection']

/**
 * The request at the beginning of these bytes. `unfinished`: the rest of its body is to come. `other`: anything else, also what
 * is wrong; nothing was taken.
 */
export function readPlainRequest(bytes: Buffer): PlainRequest | 'unfinished' | 'other' {
  if (bytes.length < BEGIN.length || BEGIN.compare(bytes, 0, BEGIN.length) !== 0) return 'other'
  const end = bytes.indexOf(HEAD_END_BYTES)
  if (end === -1 || end > MAX_HEAD_BYTES) return 'other'
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split(LINE_END)
  const url = REQUEST_LINE.exec(first)?.[1]
  const headers = headersOf(lines)
  if (url === undefined || headers === null || !isUsual(headers)) return 'other'
  const { 'content-length': said = '' } = headers
  const length = /^\d{1,6}$/.test(said) ? Number(said) : Number.POSITIVE_INFINITY
  if (length > MAX_BODY_BYTES) return 'other'
  const from = end + HEAD_END.length
  if (bytes.length < from + length) return 'unfinished'
  return { url, headers, body: bytes.subarray(from, from + length), bytes: from + length }
}

function headersOf(lines: readonly string[]): Record<string, string> | null {
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const field = readField(line)
    if (field === null || Object.hasOwn(headers, field.name)) return null
    headers[field.name] = field.value
  }
  return headers
}

function isUsual(headers: Readonly<Record<string, string>>): boolean {
  const { connection = 'keep-alive', host } = headers
  return (
    host !== undefined &&
    connection.toLowerCase() === 'keep-alive' &&
    UNUSUAL.every((name) => headers[name] === undefined)
  )
}
