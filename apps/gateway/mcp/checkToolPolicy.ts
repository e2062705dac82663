import { Fault } from '@errand/contracts'
import { decideTool } from '@errand/domain'
import { type Call, grantOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { exchangeOf } from './exchange.ts'
import { recordToolCall } from './recordToolCall.ts'

/**
 * Decides a call of a tool on its body. What is denied goes no further, nor does a tool that has changed since a person
 * accepted it; what a person has to be asked about waits in `forwardMcp`.
 */
export async function checkToolPolicy(call: Call, deps: GatewayDeps): Promise<'next'> {
  const exchange = exchangeOf(call)
  const { server, use, toolCall } = exchange
  if (toolCall === null) return 'next'
  const { orgId } = grantOf(call)
  const known = await deps.mcp.snapshots.read({ orgId, serverId: server.id })
  const tool = known?.get(toolCall.tool)
  const { readOnlyHint, idempotentHint } = tool?.body.annotations ?? {}
  exchange.isRepeatable = readOnlyHint === true || idempotentHint === true
  const annotations = tool?.acceptedSha256 === null ? undefined : tool?.body.annotations
  exchange.decision = decideTool(use, { ...toolCall, annotations })
  const isHeld = known !== null && tool?.acceptedSha256 !== tool?.seenSha256
  const refusal =
    exchange.decision.verdict === 'deny'
      ? new Fault('mcp.tool-denied', `${server.name} ${toolCall.tool}.`)
      : isHeld
        ? new Fault('mcp.tool-changed', `${server.name} ${toolCall.tool}.`)
        : null
  if (refusal === null) return 'next'
  exchange.decision = { ...exchange.decision, verdict: 'deny' }
  recordToolCall(call, { resultBytes: 0, isError: true, code: refusal.code }, deps)
  throw refusal
}
