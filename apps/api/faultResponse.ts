import { type Fault, FAULTS } from '@errand/contracts'
import type { ServerResponse } from 'node:http'

/** A fault as an HTTP answer: its status, and its `FaultWire` as JSON. The cause stays inside. */
export function faultResponse(fault: Fault): Response {
  return new Response(JSON.stringify(fault.toWire()), { status: FAULTS[fault.code].http, headers: headersOf(fault) })
}

/** The same where there is no router. */
export function writeFault(response: ServerResponse, fault: Fault): void {
  response.writeHead(FAULTS[fault.code].http, headersOf(fault))
  response.end(JSON.stringify(fault.toWire()))
}

function headersOf(fault: Fault): Record<string, string> {
  const { http, retry } = FAULTS[fault.code]
  return {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(http === 401 ? { 'www-authenticate': 'Bearer realm="errand"' } : {}),
    ...(retry && (http === 429 || http === 503) ? { 'retry-after': http === 429 ? '60' : '2' } : {}),
  }
}
