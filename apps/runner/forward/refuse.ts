import type { ServerResponse } from 'node:http'
import { type FaultCode, FAULTS, faultWire } from '@errand/contracts'

/** Answers in the runner's own name. The form is that of the gateway's answers. */
export function refuse(outgoing: ServerResponse, code: FaultCode): void {
  if (outgoing.headersSent || outgoing.destroyed) return
  const body = JSON.stringify(faultWire(code))
  outgoing.writeHead(FAULTS[code].http, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  outgoing.end(body)
}
