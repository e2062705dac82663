import { type Fault, FAULT_HEADER, FAULTS } from '@errand/contracts'
import { mayBeDone } from '@errand/engine'
import type { ServerResponse } from 'node:http'
import { writeJson } from '../answer.ts'
import type { Call } from '../call.ts'

/** JSON-RPC's own numbers where it has one, the standard's for headers, and one of ours for the rest. */
const CODES: Partial<Record<Fault['code'], number>> = {
  'mcp.message-invalid': -32600,
  'mcp.header-mismatch': -32020,
}
const OTHER_CODE = -32050
/** The client has to act on these; a model cannot. */
const OF_THE_CLIENT: ReadonlySet<Fault['code']> = new Set([
  'mcp.message-invalid',
  'mcp.header-mismatch',
  'mcp.session-unknown',
  'mcp.foreign-origin',
])

/**
 * A refusal in the words of the protocol. For a tool it is a result that failed, which every client gives to the model:
 * so it knows why, and what would help.
 */
export function refuseMcp(call: Call, fault: Fault): void {
  const { mcp, reply } = call
  if (isStillHeld(call, fault)) {
    // Nobody has heard of it: its runner makes it again where the next gateway listens.
    mcp?.reply?.cut()
    return
  }
  const id = mcp?.message?.id ?? null
  if (!OF_THE_CLIENT.has(fault.code) && mcp?.toolCall !== null && mcp?.toolCall !== undefined && id !== null) {
    const result = refusedResult(fault, mcp.message?.revision !== null)
    answer(reply, { status: 200, code: fault.code, body: { jsonrpc: '2.0', id, result } })
    return
  }
  const error = {
    code: CODES[fault.code] ?? OTHER_CODE,
    message: wordsOf(fault),
    data: { code: fault.code, remedy: FAULTS[fault.code].remedy },
  }
  answer(reply, { status: FAULTS[fault.code].http, code: fault.code, body: { jsonrpc: '2.0', id, error } })
}

function answer(
  reply: Call['reply'],
  { status, code, body }: { status: number; code: Fault['code']; body: object },
): void {
  if (reply.kind === 'http' && isStream(reply.response)) {
    // It waited for a person as a stream of events: this is its last.
    reply.response.end(`event: message\ndata: ${JSON.stringify(body)}\n\n`)
    return
  }
  writeJson(reply, { status, headers: mayBeDone(code) ? { [FAULT_HEADER]: code } : {}, body })
}

export function refusedResult(fault: Fault, isModern: boolean): object {
  const text = `${wordsOf(fault)} ${FAULTS[fault.code].remedy}`
  return { ...(isModern ? { resultType: 'complete' } : {}), content: [{ type: 'text', text }], isError: true }
}

function wordsOf({ code, detail }: Fault): string {
  const { words } = FAULTS[code]
  return detail === undefined ? words : `${words} ${detail}`
}

/** It waits for a person, and this gateway stops. */
export function isStillHeld({ mcp }: Call, { code }: Fault): boolean {
  return code === 'service.stopping' && mcp?.reply?.isSent === false
}

function isStream(response: ServerResponse): boolean {
  return response.headersSent && String(response.getHeader('content-type') ?? '').startsWith('text/event-stream')
}
