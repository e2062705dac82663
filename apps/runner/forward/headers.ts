import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

/** About one connection only (RFC 9110 §7.6.1): each side has its own. */
const HOP_BY_HOP = new Set([
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
])

/** Dummies of the agent's side, in whose place the gateway puts the real ones. */
const REPLACED = new Set(['authorization', 'x-api-key'])

/**
 * What may pass. Everything named `x-errand-…` is between runner and gateway: the agent can neither send nor see it.
 * `content-length` stays; without it the body goes on chunked, as it came.
 */
export function passedHeaders(
  headers: IncomingHttpHeaders,
  { isReplaced }: { isReplaced: boolean },
): OutgoingHttpHeaders {
  const named = new Set(
    (headers.connection ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  )
  const passed: OutgoingHttpHeaders = {}
  for (const [name, value] of Object.entries(headers)) {
    if (HOP_BY_HOP.has(name) || named.has(name) || name.startsWith('x-errand-')) continue
    if (isReplaced && REPLACED.has(name)) continue
    passed[name] = value
  }
  return passed
}
