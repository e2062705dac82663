import type { IncomingHttpHeaders } from 'node:http'
import { HEAD_END, LINE_END, MAX_HEAD_BYTES, readFields } from './fields.ts'

export interface AnswerHead {
  readonly statusCode: number
  /** By lower-case names; what is there more than once is a list. */
  readonly headers: IncomingHttpHeaders
}

/** Where an answer goes as it is read. */
export interface AnswerSink {
  onHead(head: AnswerHead): void
  onData(chunk: Buffer): void
  onEnd(): void
}

/** What came is no answer of HTTP/1.1, or one that two readers could read in two ways. */
export class BadAnswer extends Error {
  readonly code = 'ERR_BAD_ANSWER'
}

type State = 'idle' | 'head' | 'sized' | 'unsized' | 'chunk-size' | 'chunk-end' | 'trailer'

const MAX_LINE_BYTES = 4 * 1024
/** A server that does not say how long it keeps a connection keeps it at least so long, by experience. */
const KEEP_MS = 4_000
const MAX_KEEP_MS = 600_000
/** The word that it ends may be on its way. */
const MARGIN_MS = 1_000

/**
 * Reads the answers of one connection (RFC 9112), one after the other, from pieces as they come. Strict: lines end in CR LF, a
 * length is there once, in one way, and bytes that nobody asked for are an error.
 */
export class AnswerReader {
  /** How long the connection may be kept after the last answer; 0: it is of no more use. */
  keepMs = 0
  readonly #sink: AnswerSink
  #state: State = 'idle'
  #held: Buffer | null = null
  #line = ''
  #trailerBytes = 0
  /** Of the body, or of its chunk. */
  #left = 0
  #isChunked = false

  constructor(sink: AnswerSink) {
    this.#sink = sink
  }

  /** An answer is due. */
  begin(): void {
    this.#state = 'head'
    this.keepMs = 0
  }

  /** Throws `BadAnswer`: the connection is of no more use. */
  read(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) at = this.#step(chunk, at)
  }

  /** The connection has ended. False: in the middle of an answer. */
  end(): boolean {
    if (this.#state === 'unsized') this.#finish()
    return this.#state === 'idle'
  }

  /** Where the next step begins. */
  #step(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(chunk, at)
      case 'sized':
        return this.#readSized(chunk, at)
      case 'unsized':
        this.#sink.onData(at === 0 ? chunk : chunk.subarray(at))
        return chunk.length
      case 'chunk-size':
      case 'chunk-end':
      case 'trailer':
        return this.#readLine(chunk, at)
      case 'idle':
        throw new BadAnswer('it says more than it was asked')
    }
  }

  #readHead(chunk: Buffer, at: number): number {
    const bytes = this.#held === null ? chunk : Buffer.concat([this.#held, at === 0 ? chunk : chunk.subarray(at)])
    const from = this.#held === null ? at : 0
    // Looking for something in a text costs less than in bytes.
    const text = bytes.toString('latin1', from, from + MAX_HEAD_BYTES + HEAD_END.length)
    const end = text.indexOf(HEAD_END)
    if ((end === -1 ? text.length : end) > MAX_HEAD_BYTES) throw new BadAnswer('its head is too long')
    if (end === -1) {
      this.#held = from === 0 ? bytes : bytes.subarray(from)
      return chunk.length
    }
    this.#held = null
    this.#take(readHead(text, end))
    return from + end + HEAD_END.length - (bytes.length - chunk.length)
  }

  #take({ statusCode, headers, isPersistent }: ReadHead): void {
    if (statusCode === 101) throw new BadAnswer('it speaks another protocol now')
    // Something on the way; the answer comes.
    if (statusCode < 200) return
    const length = headers['content-length']
    const coding = headers['transfer-encoding']
    this.#isChunked = coding !== undefined
    if (this.#isChunked && (String(coding).toLowerCase() !== 'chunked' || length !== undefined))
      throw new BadAnswer('how long it is can be read in two ways')
    if (length !== undefined && !(typeof length === 'string' && /^\d{1,15}$/.test(length)))
      throw new BadAnswer('its length is no number')
    const isEmpty = statusCode === 204 || statusCode === 304
    const isUnsized = !isEmpty && !this.#isChunked && length === undefined
    this.keepMs = isPersistent && !isUnsized ? keepMsOf(headers['keep-alive']) : 0
    this.#left = Number(length ?? 0)
    this.#state = this.#isChunked ? 'chunk-size' : isUnsized ? 'unsized' : 'sized'
    this.#sink.onHead({ statusCode, headers })
    if (isEmpty || (this.#state === 'sized' && this.#left === 0)) this.#finish()
  }

  #readSized(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left)
    this.#left -= end - at
    this.#sink.onData(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end))
    if (this.#left > 0) return end
    if (this.#isChunked) this.#state = 'chunk-end'
    else this.#finish()
    return end
  }

  #readLine(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(10, at)
    this.#line += chunk.toString('latin1', at, end === -1 ? chunk.length : end + 1)
    if (this.#line.length > MAX_LINE_BYTES) throw new BadAnswer('a line between its parts is too long')
    if (end === -1) return chunk.length
    const line = this.#line.slice(0, -LINE_END.length)
    if (!this.#line.endsWith(LINE_END)) throw new BadAnswer('a line of it has no proper end')
    this.#line = ''
    this.#takeLine(line)
    return end + 1
  }

  #takeLine(line: string): void {
    if (this.#state === 'chunk-end') {
      if (line !== '') throw new BadAnswer('a part of it is longer than it says')
      this.#state = 'chunk-size'
    } else if (this.#state === 'chunk-size') {
      const size = /^([0-9a-f]{1,12})[\t ]*(;.*)?$/i.exec(line)?.[1]
      if (size === undefined) throw new BadAnswer('the length of a part is no number')
      this.#left = Number.parseInt(size, 16)
      this.#trailerBytes = 0
      this.#state = this.#left === 0 ? 'trailer' : 'sized'
    } else if (line === '') this.#finish()
    else if ((this.#trailerBytes += line.length) > MAX_HEAD_BYTES)
      throw new BadAnswer('what comes after it is too long')
  }

  #finish(): void {
    this.#state = 'idle'
    this.#sink.onEnd()
  }
}

interface ReadHead extends AnswerHead {
  readonly isPersistent: boolean
}

const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: [\t\x20-\x7e\x80-\xff]*)?$/

/** The head of an answer, which ends there. Throws `BadAnswer`. */
function readHead(text: string, end: number): ReadHead {
  const first = text.indexOf(LINE_END)
  const status = STATUS_LINE.exec(text.slice(0, first))
  if (status === null) throw new BadAnswer('it does not begin as an answer does')
  const [, minor, code] = status
  const headers: Record<string, string | string[]> = {}
  if (!readFields(text, [first, end], (name, value) => addHeader(headers, name, value)))
    throw new BadAnswer('a header of it is none')
  const isNew = minor === '1'
  if (!isNew && headers['transfer-encoding'] !== undefined)
    throw new BadAnswer('how long it is can be read in two ways')
  const connection = String(headers['connection'] ?? '').toLowerCase()
  const isPersistent = isNew ? !connection.includes('close') : connection.includes('keep-alive')
  return { statusCode: Number(code), headers, isPersistent }
}

function addHeader(headers: Record<string, string | string[]>, name: string, value: string): true {
  const known: unknown = headers[name]
  if (typeof known === 'string') headers[name] = [known, value]
  else if (Array.isArray(known)) known.push(value)
  // Also in place of what every object has.
  else headers[name] = value
  return true
}

function keepMsOf(said: string | string[] | undefined): number {
  if (said === undefined) return KEEP_MS
  const seconds = /\btimeout=(\d{1,6})/i.exec(String(said))?.[1]
  return seconds === undefined ? KEEP_MS : Math.max(0, Math.min(Number(seconds) * 1_000, MAX_KEEP_MS) - MARGIN_MS)
}
