import { type Fault, FAULTS } from '@errand/contracts'
import { writeJson } from './answer.ts'
import type { Call, Traffic } from './call.ts'
import { writeEgressRefusal } from './egress/writeEgressRefusal.ts'
import { writeGitRefusal } from './git/writeGitRefusal.ts'
import { refuseModelCall } from './llm/refuseModelCall.ts'
import { refuseMcp } from './mcp/refuseMcp.ts'

/** How a refusal crosses each protocol so that its words reach the person. */
const REFUSALS: Readonly<Record<Traffic, (call: Call, fault: Fault) => void>> = {
  sandbox: refuseAsFault,
  runner: refuseAsFault,
  llm: refuseModelCall,
  mcp: refuseMcp,
  git: refuseGit,
  egress: ({ reply }, fault) => writeEgressRefusal(reply, fault),
}

export function refuse(call: Call, fault: Fault): void {
  REFUSALS[call.traffic](call, fault)
}

function refuseAsFault({ reply }: Call, fault: Fault): void {
  writeJson(reply, { status: FAULTS[fault.code].http, body: fault.toWire() })
}

function refuseGit({ reply }: Call, fault: Fault): void {
  if (reply.kind === 'http') writeGitRefusal(reply.response, fault)
}
