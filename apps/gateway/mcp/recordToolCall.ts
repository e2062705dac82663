import { asRunFault, Fault, type FaultCode } from '@errand/contracts'
import { type Call, grantOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { againOf } from './again.ts'
import { exchangeOf } from './exchange.ts'
import type { ToolCall } from './message.ts'

export interface ToolOutcome {
  readonly resultBytes: number
  readonly isError: boolean
  readonly code: FaultCode | null
}

/**
 * For what must not be done twice, as it is about to be sent. Fault `mcp.cut-off` where it was sent before, or may have been,
 * and nobody knows what came of it. A client that is told that its session is gone repeats its call, and a runner whose
 * gateway went away in the middle of one brings it here.
 */
export async function beginToolCall(call: Call, deps: GatewayDeps): Promise<void> {
  const exchange = exchangeOf(call)
  const { toolCall } = exchange
  const { records } = deps.mcp
  if (toolCall === null || exchange.record !== null) return
  const again = againOf(call)
  const mayWait = exchange.decision?.verdict === 'ask' || exchange.reply !== null
  const row = rowOf(call, toolCall)
  // One that has been at no other gateway, and waits for nobody: what this one knows is enough.
  const { record, wasSent } =
    again === null && !mayWait ? records.note(row) : await records.begin({ ...row, tokenHash: grantOf(call).tokenHash })
  if (again === 'cut' || !wasSent) exchange.record = record
  if (wasSent) throw new Fault('mcp.cut-off', 'The same call was sent before, and what came of it is not known.')
  // Whoever asks a person says so before it sends.
  if (again === 'cut' && !mayWait) throw new Fault('mcp.cut-off', 'The gateway was started again in its middle.')
}

/** A call that was begun and is refused for want of a sign-in. */
export async function endToolCall(call: Call): Promise<void> {
  const exchange = exchangeOf(call)
  if (exchange.record === null) return
  const ms = Math.round(performance.now() - call.startedAt)
  await exchange.record.end({ resultBytes: 0, isError: true, code: 'mcp.needs-sign-in', ms })
  exchange.record = null
}

/**
 * One row, and one event on the run's timeline; nobody waits for them. What cannot be written must not undo what the
 * server has done.
 */
export function recordToolCall(call: Call, outcome: ToolOutcome, deps: GatewayDeps): void {
  const { toolCall, record, server: named, decision } = exchangeOf(call)
  if (toolCall === null) return
  const { records } = deps.mcp
  const { orgId, runId } = grantOf(call)
  const { tool, toolUseId } = toolCall
  const { isError, code, resultBytes } = outcome
  const server = named.name
  const verdict = decision?.verdict ?? 'allow'
  const ms = Math.round(performance.now() - call.startedAt)
  call.fields['verdict'] = verdict
  call.fields['isError'] = isError
  call.fields['resultBytes'] = resultBytes
  if (record === null) records.add({ ...rowOf(call, toolCall), resultBytes, isError, code, ms })
  else void record.end({ resultBytes, isError, code, ms })
  records.tell(
    { orgId, runId },
    code === null
      ? { type: 'mcp.called', server, tool, toolUseId, verdict, ms, isError }
      : { type: 'mcp.called', server, tool, toolUseId, verdict, ms, isError, code: asRunFault(code) },
  )
}

function rowOf(call: Call, { tool, toolUseId, arguments: given }: ToolCall) {
  const { server, decision } = exchangeOf(call)
  const { orgId, runId } = grantOf(call)
  return {
    orgId,
    runId,
    userId: null,
    server: server.name,
    tool,
    toolUseId,
    arguments: given,
    verdict: decision?.verdict ?? 'allow',
    rule: decision?.rule ?? null,
  }
}
