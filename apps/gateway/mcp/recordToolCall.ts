import { asRunFault, type FaultCode } from '@errand/contracts'
import { recordMcpCall } from '@errand/engine'
import { type Call, grantOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { exchangeOf } from './exchange.ts'

export interface ToolOutcome {
  readonly resultBytes: number
  readonly isError: boolean
  readonly code: FaultCode | null
}

/** One row, and one event on the run's timeline. What cannot be written must not undo what the server has done. */
export async function recordToolCall(call: Call, outcome: ToolOutcome, deps: GatewayDeps): Promise<void> {
  const { server, toolCall, decision } = exchangeOf(call)
  if (toolCall === null) return
  const { orgId, runId } = grantOf(call)
  const { tool, toolUseId } = toolCall
  const { verdict, rule } = decision ?? { verdict: 'allow', rule: null }
  const ms = Math.round(performance.now() - call.startedAt)
  const { isError, code, resultBytes } = outcome
  Object.assign(call.fields, { verdict, isError, resultBytes })
  const said = { server: server.name, tool, toolUseId, verdict, ms, isError }
  try {
    await Promise.all([
      recordMcpCall(
        { ...said, orgId, runId, userId: null, arguments: toolCall.arguments, rule, resultBytes, code },
        deps.engine,
      ),
      deps.mcp.recorder.record(
        { orgId, runId },
        { type: 'mcp.called', ...said, ...(code === null ? {} : { code: asRunFault(code) }) },
      ),
    ])
  } catch (error) {
    deps.log.error({ op: 'mcp.record', orgId, runId, server: server.name, error }, 'a call could not be recorded')
  }
}
