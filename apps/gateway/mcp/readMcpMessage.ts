import { Fault, RUNNER_PATHS } from '@errand/contracts'
import { type Call, grantOf } from '../call.ts'
import { readBody } from '../readBody.ts'
import type { McpExchange } from './exchange.ts'
import { checkHeaders, parseMessage, toolCallOf } from './message.ts'

const MAX_BODY_BYTES = 4 * 1024 * 1024

/** Finds the server and reads the message. Faults `mcp.not-granted`, `mcp.message-invalid`, `mcp.header-mismatch`. */
export function readMcpMessage(call: Call): 'next' | Promise<'next'> {
  const grant = grantOf(call)
  requireLocal(call)
  const name = call.path.slice(RUNNER_PATHS.mcp.length + 1)
  const server = grant.mcp.find((one) => one.name === name)
  const uses = grant.agentSpec.runtime === 'claude-code' ? grant.agentSpec.mcp : undefined
  const use = uses?.find((one) => one.server === name)
  if (server === undefined || use === undefined) throw new Fault('mcp.not-granted', `${name}.`)
  call.fields['server'] = name
  const exchange: McpExchange = {
    server,
    use,
    body: null,
    message: null,
    toolCall: null,
    decision: null,
    isRepeatable: false,
    token: null,
    needsSignIn: null,
    reply: null,
    record: null,
    beats: 0,
  }
  call.mcp = exchange
  if (call.method === 'GET' || call.method === 'DELETE') return 'next'
  if (call.method !== 'POST') throw new Fault('mcp.message-invalid', `${call.method} is not a method of MCP.`)
  if (Buffer.isBuffer(call.body)) return read(call, exchange, call.body)
  return readBody(call.body, MAX_BODY_BYTES).then((body) => read(call, exchange, body))
}

function read(call: Call, exchange: McpExchange, body: Buffer): 'next' {
  const message = parseMessage(body)
  exchange.body = body
  exchange.message = message
  checkHeaders(message, call.request.headers)
  const toolCall = toolCallOf(message)
  exchange.toolCall = toolCall
  if (message.method !== null) call.fields['rpc'] = message.method.slice(0, 100)
  if (toolCall !== null) call.fields['tool'] = toolCall.tool.slice(0, 200)
  return 'next'
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i

/** The agent's programs call this sandbox's own loopback. A page of another origin that got here by a trick of names does not. */
function requireLocal({ request: { headers } }: Call): void {
  const { host, origin } = headers
  const from = origin === undefined ? null : (URL.parse(origin)?.host ?? '')
  const isFine = (host === undefined || LOOPBACK.test(host)) && (from === null || LOOPBACK.test(from))
  if (!isFine) throw new Fault('mcp.foreign-origin')
}
