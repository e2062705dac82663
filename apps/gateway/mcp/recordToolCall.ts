import { asRunFault, type FaultCode, RUN_TOKEN_HEADER } from '@errand/contracts'
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
  const token = String(call.request.headers[RUN_TOKEN_HEADER])
  exchange.record = await deps.mcp.records.begin({ ...rowOf(call, exchange.toolCall), token })
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
  const { toolCall, record } = exchangeOf(call)
  if (toolCall === null) return
  const { records } = deps.mcp
  const { orgId, runId, ...row } = rowOf(call, toolCall)
  const { server, tool, toolUseId, verdict } = row
  const ms = Math.round(performance.now() - call.startedAt)
  const { isError, code, resultBytes } = outcome
  Object.assign(call.fields, { verdict, isError, resultBytes })
  const said = { server, tool, toolUseId, verdict, ms, isError }
  const lost = (error: unknown) =>
    deps.log.error({ op: 'mcp.record', orgId, runId, server, error }, 'a call could not be recorded')
  const written =
    record === null
      ? records.add({ ...row, orgId, runId, ...outcome, ms })
      : records.end({ id: record, orgId, ...outcome, ms })
  written.catch(lost)
  records
    .tell({ orgId, runId }, { type: 'mcp.called', ...said, ...(code === null ? {} : { code: asRunFault(code) }) })
    .catch(lost)
}

function rowOf(call: Call, { tool, toolUseId, arguments: given }: ToolCall) {
  const { server, decision } = exchangeOf(call)
  const { orgId, runId } = grantOf(call)
  const { verdict, rule } = decision ?? { verdict: 'allow' as const, rule: null }
  return { orgId, runId, userId: null, server: server.name, tool, toolUseId, arguments: given, verdict, rule }
}
