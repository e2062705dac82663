import { asRunFault, type FaultCode } from '@errand/contracts'
import { type Call, grantOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { exchangeOf } from './exchange.ts'
import type { ToolCall } from './message.ts'

export interface ToolOutcome {
  readonly resultBytes: number
  readonly isError: boolean
  readonly code: FaultCode | null
}

/**
 * Before it is sent: for what must not be done twice. A client that is told that its session is gone, or whose connection
 * was cut, repeats its call; when the first was sent and nothing came back, the server may have done it. Faults
 * `mcp.cut-off`, `token.dead`.
 */
export async function beginToolCall(call: Call, deps: GatewayDeps): Promise<void> {
  const exchange = exchangeOf(call)
  if (exchange.toolCall === null || exchange.record !== null) return
  exchange.record = await deps.mcp.records.begin(rowOf(call, exchange.toolCall))
}

/** A call that was begun and is refused for want of a sign-in. */
export async function endToolCall(call: Call, deps: GatewayDeps): Promise<void> {
  const exchange = exchangeOf(call)
  if (exchange.record === null) return
  const ms = Math.round(performance.now() - call.startedAt)
  const outcome = { resultBytes: 0, isError: true, code: 'mcp.needs-sign-in', ms } as const
  await deps.mcp.records.end({ id: exchange.record, orgId: grantOf(call).orgId, ...outcome })
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
  const lost = (error: unknown) =>
    deps.log.error({ op: 'mcp.record', orgId, runId, server, error }, 'a call could not be recorded')
  const written =
    record === null
      ? records.add({ ...rowOf(call, toolCall), ...outcome, ms })
      : records.end({ id: record, orgId, resultBytes, isError, code, ms })
  written.catch(lost)
  records
    .tell(
      { orgId, runId },
      code === null
        ? { type: 'mcp.called', server, tool, toolUseId, verdict, ms, isError }
        : { type: 'mcp.called', server, tool, toolUseId, verdict, ms, isError, code: asRunFault(code) },
    )
    .catch(lost)
}

function rowOf(call: Call, { tool, toolUseId, arguments: given }: ToolCall) {
  const { server, decision } = exchangeOf(call)
  const { orgId, runId, tokenHash } = grantOf(call)
  return {
    orgId,
    runId,
    tokenHash,
    userId: null,
    server: server.name,
    tool,
    toolUseId,
    arguments: given,
    verdict: decision?.verdict ?? 'allow',
    rule: decision?.rule ?? null,
  }
}
