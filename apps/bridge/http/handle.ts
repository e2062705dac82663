import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { BRIDGE_KEY_HEADER, BRIDGE_PATHS, BRIDGE_PRINCIPAL_HEADER, type BridgeHealth } from '@errand/contracts'
import type { BridgeDeps } from '../deps.ts'
import {
  errorText,
  FIRST_MODERN,
  idJson,
  type Message,
  missingOf,
  ownVersionOf,
  readMessage,
  type RequestMessage,
  RPC,
  type RpcError,
} from '../message/message.ts'
import type { Direct } from '../listening/direct.ts'
import { rpcErrorOf } from '../server/startError.ts'
import { StartRefused } from '../server/starter.ts'
import type { Modern } from '../session/modern.ts'
import { type Sessions, TooManySessions } from '../session/sessions.ts'
import { writeJson } from './answerStream.ts'
import { type Exchange, headerOf } from './exchange.ts'

export interface Doors {
  readonly sessions: Sessions
  readonly modern: Modern
  /** Of a server that speaks Streamable HTTP by itself; everything goes there then. */
  readonly direct: Direct | null
  readonly health: () => BridgeHealth
  readonly deps: BridgeDeps
}

/** Answers one HTTP request of the gateway. */
export async function handle(request: IncomingMessage, response: ServerResponse, doors: Doors): Promise<void> {
  const [path] = (request.url ?? '').split('?', 1)
  if (!isShown(request, doors.deps)) return refuse(response, 401, { code: RPC.invalidRequest, message: 'Not you.' })
  if (path === BRIDGE_PATHS.health) return writeJson(response, { status: 200, text: JSON.stringify(doors.health()) })
  if (path !== BRIDGE_PATHS.mcp) return refuse(response, 404, { code: RPC.invalidRequest, message: 'No such path.' })
  const principal = request.headers[BRIDGE_PRINCIPAL_HEADER]
  const accept = request.headers.accept ?? ''
  const exchange: Exchange = {
    request,
    response,
    canStream: accept.includes('text/event-stream') || accept.includes('*/*'),
    principal: typeof principal === 'string' ? principal : '',
  }
  if (doors.direct !== null && /^(GET|POST|DELETE)$/.test(request.method ?? '')) {
    const body = await bodyOf(exchange, doors)
    return body === null ? undefined : await doors.direct.pass(exchange, body)
  }
  if (request.method === 'POST') return await post(exchange, doors)
  if (request.method === 'GET') return listen(exchange, doors)
  if (request.method === 'DELETE') return end(exchange, doors)
  response.setHeader('allow', 'GET, POST, DELETE')
  refuse(response, 405, { code: RPC.invalidRequest, message: 'Method not allowed.' })
}

/** On a network the gateway says who it is; who reaches the socket of a sandbox is decided by its folder. */
function isShown({ headers }: IncomingMessage, { boot: { listen, gateway } }: BridgeDeps): boolean {
  if (listen.kind === 'socket' || gateway === null) return true
  const [key, shown] = [createHash('sha256').update(gateway.token).digest('hex'), headers[BRIDGE_KEY_HEADER]]
  return (
    typeof shown === 'string' && shown.length === key.length && timingSafeEqual(Buffer.from(shown), Buffer.from(key))
  )
}

async function post(exchange: Exchange, doors: Doors): Promise<void> {
  const { response } = exchange
  const text = await bodyOf(exchange, doors)
  if (text === null) return
  let message: Message | null
  try {
    message = readMessage(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return refuse(response, 400, { code: RPC.parse, message: 'The body is not JSON.' })
  }
  if (message === null) return refuse(response, 400, { code: RPC.invalidRequest, message: 'This is not one message.' })
  if (isModern(message, exchange)) return await postModern(message, exchange, doors)
  if (message.kind === 'request' && message.method === 'initialize') return initialize(message, exchange, doors)
  const session = sessionOf(exchange, doors)
  if (session === null) return
  if (message.kind === 'request') return session.call(message, exchange)
  if (message.kind === 'response') session.answer(message)
  else session.notify(message)
  response.writeHead(202, { 'content-length': 0 }).end()
}

async function postModern(message: Message, exchange: Exchange, { modern }: Doors): Promise<void> {
  const { response, principal } = exchange
  if (message.kind === 'response') {
    return refuse(response, 400, { code: RPC.invalidRequest, message: 'This revision has no answers to send.' })
  }
  if (message.kind === 'request') {
    const missing = missingOf(message)
    if (missing === null) return await modern.call(message, exchange)
    const text = errorText(idJson(message), { code: RPC.invalidParams, message: `params._meta has to say ${missing}.` })
    return writeJson(response, { status: 400, text })
  }
  await modern.notify(message, principal)
  response.writeHead(202, { 'content-length': 0 }).end()
}

function isModern(message: Message, exchange: Exchange): boolean {
  const header = headerOf(exchange, 'mcp-protocol-version')
  if (ownVersionOf(message) !== null || (header !== null && header >= FIRST_MODERN)) return true
  return message.kind === 'request' && message.method === 'server/discover'
}

function initialize(message: RequestMessage, exchange: Exchange, { sessions }: Doors): void {
  try {
    sessions.open(message, exchange)
  } catch (error) {
    if (!(error instanceof StartRefused) && !(error instanceof TooManySessions)) throw error
    if (error instanceof StartRefused) {
      exchange.response.setHeader('retry-after', Math.max(1, Math.ceil(error.retryMs / 1000)))
    }
    writeJson(exchange.response, { status: 503, text: errorText(idJson(message), rpcErrorOf(error)) })
  }
}

function listen(exchange: Exchange, doors: Doors): void {
  if (!exchange.canStream) {
    return refuse(exchange.response, 406, { code: RPC.invalidRequest, message: 'A stream of events is all there is.' })
  }
  sessionOf(exchange, doors)?.listen(exchange, headerOf(exchange, 'last-event-id'))
}

function end(exchange: Exchange, doors: Doors): void {
  const session = sessionOf(exchange, doors)
  if (session === null) return
  void doors.sessions.close(session)
  exchange.response.writeHead(204).end()
}

/** Null when there is none, and the caller was told. */
function sessionOf(exchange: Exchange, { sessions }: Doors): ReturnType<Sessions['find']> {
  const id = headerOf(exchange, 'mcp-session-id')
  if (id === null) {
    refuse(exchange.response, 400, {
      code: RPC.invalidRequest,
      message: 'Mcp-Session-Id is missing: begin with initialize.',
    })
    return null
  }
  const session = sessions.find(id, exchange.principal)
  if (session !== null) return session
  refuse(exchange.response, 404, { code: RPC.sessionUnknown, message: 'There is no such session (any more).' })
  return null
}

function refuse(response: ServerResponse, status: number, error: RpcError): void {
  writeJson(response, { status, text: errorText('null', error) })
}

/** Null when it is larger than it may be, and the caller was told. */
async function bodyOf({ request, response }: Exchange, { deps }: Doors): Promise<string | null> {
  const text = await readBody(request, deps.limits.bodyBytes)
  if (text === null) refuse(response, 413, { code: RPC.invalidRequest, message: 'The message is too large.' })
  return text
}

/** Null: larger than it may be. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size <= maxBytes) parts.push(part)
  }
  return size > maxBytes ? null : Buffer.concat(parts).toString()
}
