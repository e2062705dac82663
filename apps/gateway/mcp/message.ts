import { isUtf8 } from 'node:buffer'
import { Fault } from '@errand/contracts'

export type JsonObject = Readonly<Record<string, unknown>>

/** One JSON-RPC message of a client, as far as the hop looks into it. Its bytes go on as they came. */
export interface McpMessage {
  /** Absent in an answer to something that the server asked. */
  readonly method: string | null
  /** Absent in a notification. */
  readonly id: string | number | null
  readonly params: JsonObject
  /** Of 2026-07-28 and later, where every request says it. */
  readonly revision: string | null
  /** By which the client hears that it goes on. */
  readonly progressToken: string | number | null
}

export interface ToolCall {
  readonly tool: string
  readonly arguments: JsonObject
  readonly toolUseId: string | null
}

const REVISION = 'io.modelcontextprotocol/protocolVersion'
const TOOL_USE_ID = 'claudecode/toolUseId'

/** Fault `mcp.message-invalid`, also for what two readers could read in two ways: policy is decided on one of them. */
export function parseMessage(body: Buffer): McpMessage {
  const message = objectIn(body)
  const { method, id, params = {} } = message
  if (message['jsonrpc'] !== '2.0') throw invalid('`jsonrpc` is not "2.0".')
  if (method !== undefined && typeof method !== 'string') throw invalid('`method` is no text.')
  if (id !== undefined && id !== null && typeof id !== 'string' && typeof id !== 'number')
    throw invalid('`id` is neither text nor number.')
  if (!isObject(params)) throw invalid('`params` is no object.')
  requireOneReading(message, 'the message')
  requireOneReading(params, '`params`')
  const { [REVISION]: revision, progressToken: token } = metaOf(params)
  return {
    method: method ?? null,
    id: id ?? null,
    params,
    revision: typeof revision === 'string' ? revision : null,
    progressToken: typeof token === 'string' || typeof token === 'number' ? token : null,
  }
}

/** Null for anything but a call of a tool. Fault `mcp.message-invalid`. */
export function toolCallOf({ method, params }: McpMessage): ToolCall | null {
  if (method !== 'tools/call') return null
  const { name, arguments: given = {} } = params
  if (typeof name !== 'string') throw invalid('`params.name` is no text.')
  if (!isObject(given)) throw invalid('`params.arguments` is no object.')
  const { [TOOL_USE_ID]: toolUseId } = metaOf(params)
  return {
    tool: name,
    arguments: given,
    toolUseId: typeof toolUseId === 'string' ? toolUseId.slice(0, 200) : null,
  }
}

/** What headers say has to be what the body says (2026-07-28); what they leave out is the server's to miss. */
export function checkHeaders(message: McpMessage, headers: Readonly<Record<string, unknown>>): void {
  const { method, params, revision } = message
  const named = params['name'] ?? params['uri'] ?? params['taskId']
  const pairs = [
    ['mcp-method', method],
    ['mcp-name', typeof named === 'string' ? named : null],
    ['mcp-protocol-version', revision],
  ] as const
  for (const [header, inBody] of pairs) {
    const inHeader = headers[header]
    if (typeof inHeader !== 'string' || inBody === null) continue
    if (decodeHeader(inHeader) !== inBody)
      throw new Fault('mcp.header-mismatch', `${header} is not what the body says.`)
  }
}

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function objectIn(body: Buffer): JsonObject {
  let text: string
  let value: unknown
  try {
    text = textOf(body)
    value = JSON.parse(text)
  } catch (cause) {
    throw new Fault('mcp.message-invalid', 'It is no JSON in UTF-8.', { cause })
  }
  if (Array.isArray(value)) throw invalid('Several at a time are not taken.')
  if (!isObject(value)) throw invalid('It is no object.')
  if (countKeys(text) !== countHeld(value)) throw invalid('A key is there twice.')
  return value
}

function textOf(body: Buffer): string {
  // `isUtf8` and a plain reading cost a tenth of a decoder that throws.
  if (!isUtf8(body)) throw new Error('it is no UTF-8')
  const text = body.toString('utf8')
  return text.codePointAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
}

const BYTE_ORDER_MARK = 0xfeff

/** Keys of JSON text that is known to parse: strings that a colon follows. */
function countKeys(text: string): number {
  let keys = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at)) {
    let end = text.indexOf('"', at + 1)
    while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
    at = end + 1
    while (text.charCodeAt(at) <= SPACE) at++
    if (text.charCodeAt(at) === COLON) keys++
  }
  return keys
}

const [SPACE, COLON, BACKSLASH] = [32, 58, 92]

function isEscaped(text: string, at: number): boolean {
  let from = at
  while (text.charCodeAt(from - 1) === BACKSLASH) from--
  return (at - from) % 2 === 1
}

function countHeld(value: object): number {
  let held = 0
  const isList = Array.isArray(value)
  for (const part of isList ? (value as unknown[]) : Object.values(value)) {
    if (!isList) held++
    if (typeof part === 'object' && part !== null) held += countHeld(part)
  }
  return held
}

/** Some parsers take `Method` for `method`. */
function requireOneReading(object: JsonObject, where: string): void {
  let areKnown = true
  for (const name in object) areKnown &&= READ.has(name)
  // Those that are known differ in more than their case.
  if (areKnown) return
  const others = Object.keys(object).filter((name) => !READ.has(name))
  const names = others.map((name) => name.toLowerCase())
  if (new Set(names).size !== names.length) throw invalid(`Two keys of ${where} differ only in their case.`)
  for (const [n, name] of names.entries())
    if (READ.has(name)) throw invalid(`${others[n] ?? name} is written otherwise.`)
}

const READ = new Set(['jsonrpc', 'method', 'id', 'params', 'name', 'arguments', 'uri', '_meta', 'result', 'error'])

function metaOf(params: JsonObject): JsonObject {
  const meta = params['_meta']
  return isObject(meta) ? meta : {}
}

function decodeHeader(value: string): string {
  const encoded = /^=\?base64\?([A-Za-z0-9+/=]*)\?=$/.exec(value)?.[1]
  return encoded === undefined ? value : Buffer.from(encoded, 'base64').toString('utf8')
}

function invalid(words: string): Fault {
  return new Fault('mcp.message-invalid', words)
}
