import { Fault, type HostedServerSpec, type RemoteServerSpec, RUN_TOKEN_HEADER, toFault } from '@errand/contracts'
import { type Call, grantOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { askPerson, holdAgain, withSignIn } from './askPerson.ts'
import { againOf } from './again.ts'
import { callHosted } from '../hosted/callHosted.ts'
import { callUpstream, type UpstreamCall } from './callUpstream.ts'
import { exchangeOf } from './exchange.ts'
import { isOfProtocol } from '../stages/stripReservedHeaders.ts'
import { passAnswer } from './passAnswer.ts'
import { beginToolCall, endToolCall, recordToolCall, type ToolOutcome } from './recordToolCall.ts'
import { isStillHeld } from './refuseMcp.ts'
import { openSessionId, sealSessionId } from './sessionId.ts'
import { discard, type UpstreamAnswer } from './upstreamAnswer.ts'

const RECEIVED = new Set(['content-type', 'cache-control', 'retry-after', 'allow'])
/** They last as long as the client wants. */
const STANDING = new Set(['subscriptions/listen'])

/** Sends the message on and streams the answer back. A call of a tool is on record afterwards, however it ended. */
export async function forwardMcp(call: Call, deps: GatewayDeps): Promise<'answered'> {
  const { toolCall } = exchangeOf(call)
  holdAgain(call)
  if (toolCall === null) {
    await withSignIn(call, () => passOn(call, deps), deps)
    return 'answered'
  }
  try {
    await askPerson(call, deps)
    recordToolCall(call, await withSignIn(call, () => passOnce(call, deps), deps), deps)
  } catch (error) {
    const fault = toFault(call.signal.reason instanceof Fault ? call.signal.reason : error)
    if (!isStillHeld(call, fault)) recordToolCall(call, { resultBytes: 0, isError: true, code: fault.code }, deps)
    throw fault
  }
  return 'answered'
}

async function passOnce(call: Call, deps: GatewayDeps): Promise<ToolOutcome> {
  if (isOnceOnly(call)) await beginToolCall(call, deps)
  try {
    return await passOn(call, deps)
  } catch (error) {
    // Refused at the door, it may be made again when somebody has signed in.
    if (toFault(error).code === 'mcp.needs-sign-in') await endToolCall(call)
    throw error
  }
}

/** What a client marks as one use of a tool is done once, unless its server says that more change nothing. */
function isOnceOnly(call: Call): boolean {
  const { toolCall, isRepeatable } = exchangeOf(call)
  const isKnown = (toolCall !== null && toolCall.toolUseId !== null) || againOf(call) === 'cut'
  return toolCall !== null && isKnown && !isRepeatable
}

async function passOn(call: Call, deps: GatewayDeps): Promise<ToolOutcome> {
  const exchange = exchangeOf(call)
  const { spec, name } = exchange.server
  const owner = { token: String(call.request.headers[RUN_TOKEN_HEADER]), server: name, grant: grantOf(call) }
  const isStanding = exchange.message === null || STANDING.has(exchange.message.method ?? '')
  const timer = isStanding
    ? null
    : setTimeout(() => call.abort(new Fault('mcp.timeout', `${name}: ${spec.callSeconds} s.`)), spec.callSeconds * 1000)
  try {
    const { signal } = call
    const sent = sentHeaders(call, owner)
    exchange.reply?.sent()
    const answer = await (spec.type === 'hosted'
      ? askHosted(call, { spec, headers: sent, signal }, deps)
      : askRemote(call, { spec, headers: sent, signal }, deps))
    const headers = receivedHeaders(answer.headers, (id) => sealSessionId(id, owner))
    return await passAnswer({ call, answer, headers, signal }, deps)
  } finally {
    if (timer !== null) clearTimeout(timer)
  }
}

interface Sent<Spec> {
  readonly spec: Spec
  readonly headers: Record<string, string>
  readonly signal: AbortSignal
}

function askHosted(
  call: Call,
  { spec, headers, signal }: Sent<HostedServerSpec>,
  deps: GatewayDeps,
): Promise<UpstreamAnswer> {
  const { body, server } = exchangeOf(call)
  const { orgId, runId } = grantOf(call)
  const place = { orgId, server: server.name, version: server.version, spec, principal: runId }
  return callHosted(place, { method: methodOf(call), headers, body, signal }, deps)
}

/** A refused token is tried once more with another, where there is one. */
async function askRemote(
  call: Call,
  { spec, headers, signal }: Sent<RemoteServerSpec>,
  deps: GatewayDeps,
): Promise<UpstreamAnswer> {
  const { body, token, server, message } = exchangeOf(call)
  const method = methodOf(call)
  const ask = (given: Record<string, string>): Promise<UpstreamAnswer> =>
    spec.transport === 'sse'
      ? deps.mcp.sse.ask(spec, { method, headers: given, body, message, signal })
      : callUpstream(spec, { method, headers: given, body, signal }, deps)
  const answer = await ask(headers)
  const credential = token?.credential ?? spec.credential
  const isRefused = answer.statusCode === 401 || (answer.statusCode === 403 && credential !== undefined)
  if (!isRefused) return answer
  const refusal = new Response(null, { status: answer.statusCode, headers: refusalHeaders(answer) })
  discard(answer)
  const { orgId } = grantOf(call)
  if (credential === undefined) throw await deps.mcp.unsigned.refusal({ orgId, name: server.name, spec }, refusal)
  if (token === null)
    throw new Fault('mcp.credential-refused', `${server.name} answered ${answer.statusCode} to ${credential}.`)
  const which = { orgId, credential, kind: token.kind }
  const { token: another } = await deps.mcp.anotherToken({ ...which, token: token.value, answer: refusal })
  const authorization = `Bearer ${another.reveal()}`
  const second = await ask({ ...headers, authorization })
  if (second.statusCode !== 401) return second
  discard(second)
  throw new Fault('mcp.credential-refused', `${server.name}.`)
}

/** `readMcpMessage` lets no other through. */
function methodOf(call: Call): UpstreamCall['method'] {
  return call.method as UpstreamCall['method']
}

function refusalHeaders({ headers }: UpstreamAnswer): Headers {
  const challenge = headers['www-authenticate']
  return new Headers(challenge === undefined ? {} : { 'www-authenticate': String(challenge) })
}

function sentHeaders(call: Call, owner: Parameters<typeof openSessionId>[1]): Record<string, string> {
  const sent: Record<string, string> = {}
  for (const name in call.headers) {
    const value = call.headers[name]
    if (value !== undefined) sent[name] = String(value)
  }
  const sealed = call.request.headers['mcp-session-id']
  if (typeof sealed === 'string') {
    const id = openSessionId(sealed, owner)
    // As for any that it does not know: the client opens another.
    if (id === null) throw new Fault('mcp.session-unknown')
    sent['mcp-session-id'] = id
  }
  return sent
}

function receivedHeaders(headers: UpstreamAnswer['headers'], seal: (id: string) => string) {
  const received: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || !(RECEIVED.has(name) || isOfProtocol(name))) continue
    received[name] = Array.isArray(value) ? value.join(', ') : value
  }
  const session = headers['mcp-session-id']
  if (typeof session === 'string') received['mcp-session-id'] = seal(session)
  return received
}
