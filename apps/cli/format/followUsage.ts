import type { RunEventBody } from '@errand/contracts'
import { count, money } from './text.ts'

export interface Usage {
  readonly tokens: number
  readonly costUsd: number
  readonly unpricedCalls: number
  readonly calls: number
}

export const NO_USAGE: Usage = { tokens: 0, costUsd: 0, unpricedCalls: 0, calls: 0 }

export function addUsage(usage: Usage, call: Extract<RunEventBody, { type: 'usage.metered' }>): Usage {
  return {
    tokens: usage.tokens + call.inputTokens + call.outputTokens + call.cacheReadTokens + call.cacheWriteTokens,
    costUsd: usage.costUsd + (call.costUsd ?? 0),
    unpricedCalls: usage.unpricedCalls + (call.costUsd === null ? 1 : 0),
    calls: usage.calls + 1,
  }
}

/** `12.3k tokens, $0.08 of $5.00`; `''` before the first call of a model. */
export function usageWords(usage: Usage, budgetUsd: number | null): string {
  return usage.calls === 0 ? '' : `${count(usage.tokens)} tokens, ${costWords(usage, budgetUsd)}`
}

/** The cost, never a guess: where a model's price is not known, that is said instead of a sum. */
export function costWords(cost: Pick<Usage, 'costUsd' | 'unpricedCalls' | 'calls'>, budgetUsd: number | null): string {
  const of = budgetUsd === null ? '' : ` of ${money(budgetUsd)}`
  if (cost.unpricedCalls === 0) return `${money(cost.costUsd)}${of}`
  return cost.unpricedCalls === cost.calls
    ? 'cost unknown'
    : `at least ${money(cost.costUsd)}${of} (the price of some calls is unknown)`
}
