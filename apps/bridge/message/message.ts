import { isObject, replaceAt, writtenAt } from './spans.ts'

export type MessageId = string | number

interface Base {
  /** As it was written, on one line. */
  readonly text: string
}

export interface RequestMessage extends Base {
  readonly kind: 'request'
  readonly id: MessageId
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}
export interface NotificationMessage extends Base {
  readonly kind: 'notification'
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}
export interface ResponseMessage extends Base {
  readonly kind: 'response'
  readonly id: MessageId | null
  readonly result: unknown
  readonly error: { readonly code: unknown; readonly data: unknown } | null
}
export type Message = RequestMessage | NotificationMessage | ResponseMessage

/** Reads one JSON-RPC message. Null: it is JSON and no such message. Throws SyntaxError when it is not JSON. */
export function readMessage(given: string): Message | null {
  const value: unknown = JSON.parse(given)
  if (!isObject(value) || value['jsonrpc'] !== '2.0') return null
  const { id, method } = value
  // Outside of strings a line break is white space; inside them JSON has none.
  const text = /[\r\n]/.test(given) ? given.replaceAll(/[\r\n]+/g, ' ') : given
  if (typeof method === 'string') {
    const params = isObject(value['params']) ? value['params'] : {}
    if (!Object.hasOwn(value, 'id')) return { kind: 'notification', method, params, text }
    return isId(id) ? { kind: 'request', id, method, params, text } : null
  }
  const hasResult = Object.hasOwn(value, 'result')
  const error = isObject(value['error']) ? { code: value['error']['code'], data: value['error']['data'] } : null
  if (hasResult === (error !== null)) return null
  return isId(id) || id === null || id === undefined
    ? { kind: 'response', id: id ?? null, result: value['result'], error, text }
    : null
}

function isId(id: unknown): id is MessageId {
  return typeof id === 'string' || (typeof id === 'number' && Number.isFinite(id))
}

/** The id as its sender wrote it. */
export function idJson(message: RequestMessage): string {
  return writtenAt(message.text, ['id'], message.id)
}

export function withId(text: string, json: string): string {
  return replaceAt(text, ['id'], json)
}

const TOKEN = ['params', '_meta', 'progressToken'] as const

/** Under which the sender wants to hear of progress. */
export function progressTokenJson(message: RequestMessage): string | null {
  const meta = message.params['_meta']
  const token = isObject(meta) ? meta['progressToken'] : null
  return isId(token) ? writtenAt(message.text, TOKEN, token) : null
}

export function withProgressToken(text: string, json: string): string {
  return replaceAt(text, TOKEN, json)
}

const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId'
/** The first revision in which every message says which one it is of. */
export const FIRST_MODERN = '2026-07-28'
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities'
const VERSION = 'io.modelcontextprotocol/protocolVersion'

/** 2026-07-28: the id of the `subscriptions/listen` that a notification belongs to. */
export function subscriptionOf(message: NotificationMessage): MessageId | null {
  const meta = message.params['_meta']
  const id = isObject(meta) ? meta[SUBSCRIPTION] : null
  return isId(id) ? id : null
}

export function withSubscription(text: string, json: string): string {
  return replaceAt(text, ['params', '_meta', SUBSCRIPTION], json)
}

/** The revision that a request of 2026-07-28 or later names in its own body; null in earlier ones. */
export function ownVersionOf(message: Message): string | null {
  if (message.kind === 'response') return null
  const meta = message.params['_meta']
  const version = isObject(meta) ? meta[VERSION] : null
  return typeof version === 'string' ? version : null
}

/** What every request of that era has to say and this one does not; null when nothing is missing. */
export function missingOf(message: RequestMessage): string | null {
  const meta = message.params['_meta']
  if (ownVersionOf(message) === null) return VERSION
  return isObject(meta) && isObject(meta[CAPABILITIES]) ? null : CAPABILITIES
}

export const RPC = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** The server behind us failed: ended, said too much, could not be started. */
  server: -32000,
  sessionUnknown: -32001,
  headerMismatch: -32020,
  capabilityMissing: -32021,
  versionUnsupported: -32022,
} as const

export interface RpcError {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

/** `id` is JSON, as `idJson` gives it. */
export function errorText(id: string, error: RpcError): string {
  return `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(error)}}`
}

export function resultText(id: string, result: unknown): string {
  return `{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}`
}

/** A message of our own. */
export function requestOf(method: string, params: Readonly<Record<string, unknown>>): RequestMessage {
  const text = JSON.stringify({ jsonrpc: '2.0', id: 0, method, params })
  return { kind: 'request', id: 0, method, params, text }
}

export function notificationText(method: string, params: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params })
}
