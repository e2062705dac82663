import type { IncomingHttpHeaders } from 'node:http'
import { COMMAND_HEADER, RUN_TOKEN_HEADER } from '@errand/contracts'
import type { Call, Traffic } from '../call.ts'

/** Hop by hop (RFC 9110 §7.6.1), or set anew by the client that sends the call on. */
const NEVER_FORWARDED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  RUN_TOKEN_HEADER,
  COMMAND_HEADER,
])

/** Where the gateway adds the credential, whatever the agent sent in its place is a dummy. */
const OWN_CREDENTIALS = new Set(['authorization', 'x-api-key', 'cookie'])
const ADDS_CREDENTIAL: ReadonlySet<Traffic> = new Set(['llm', 'git'])
/** What a client of MCP says in headers, beside those of the protocol’s own; all else of the agent's stays here. */
const OF_MCP = new Set(['accept', 'content-type', 'last-event-id', 'user-agent', 'traceparent', 'tracestate'])

/** Fills `call.headers` with what may leave. Every `x-errand-…` header stays: they are between runner and gateway. */
export function stripReservedHeaders(call: Call): 'next' {
  call.headers = forwardable(call.request.headers, call.traffic)
  return 'next'
}

function forwardable(headers: IncomingHttpHeaders, traffic: Traffic): IncomingHttpHeaders {
  const named = namedIn(headers.connection)
  const kept: IncomingHttpHeaders = {}
  for (const name in headers) {
    const value = headers[name]
    if (named.has(name)) continue
    if (traffic === 'mcp') {
      if (OF_MCP.has(name) || isOfProtocol(name)) kept[name] = value
      continue
    }
    if (NEVER_FORWARDED.has(name) || name.startsWith('x-errand-')) continue
    if (ADDS_CREDENTIAL.has(traffic) && OWN_CREDENTIALS.has(name)) continue
    kept[name] = value
  }
  return kept
}

/** What MCP itself says, but for the session, which is opened and sealed on its way. */
export function isOfProtocol(name: string): boolean {
  return name.startsWith('mcp-') && name !== 'mcp-session-id'
}

const NONE: ReadonlySet<string> = new Set()

/** Headers that are for this hop alone. */
function namedIn(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return NONE
  return new Set(
    connection
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  )
}
