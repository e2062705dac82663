import { type CallUsage, NO_USAGE, priceOf } from '@errand/domain'
import { appendEvents } from '@errand/engine'
import { type Call, grantOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import type { Metered } from './usageMeter.ts'

/**
 * Writes what a model call used into the run's log. An answer without usage counts as a call whose cost is unknown:
 * the log then says so, and nobody takes the sum for the whole.
 */
export async function recordUsage(call: Call, { model, usage }: Metered, deps: GatewayDeps): Promise<void> {
  const { orgId, runId } = grantOf(call)
  const { inputTokens, outputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens } = usage ?? NO_USAGE
  const costUsd = call.upstream?.kind === 'demo' ? 0 : costOf(model, usage)
  const tokens = {
    inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens: cacheWrite5mTokens + cacheWrite1hTokens,
  }
  Object.assign(call.fields, { model, ...tokens, costUsd })
  const ms = Math.round(performance.now() - call.startedAt)
  const event = { type: 'usage.metered', model: model ?? 'unknown', ...tokens, costUsd, ms } as const
  await appendEvents({ orgId, runId, source: 'system', events: [event] }, deps.engine)
}

function costOf(model: string | null, usage: CallUsage | null): number | null {
  return model === null || usage === null ? null : priceOf(model, usage)
}
