import { money, moneyOf } from '../../ui/format/amount.ts'
import type { ListedRun } from './types.ts'

/** What it cost, of what it may cost while it goes on. A script asks no model and says nothing. */
export function rowMoney({ state, budgetUsd, runtime }: ListedRun): string {
  if (runtime === 'script') return ''
  const { costUsd, unpricedCalls } = state.usage
  if (state.status === 'queued') return budgetUsd === null ? '' : `up to ${money(budgetUsd)}`
  if (unpricedCalls > 0) return costUsd === 0 ? money(null) : moneyOf(costUsd, null, true)
  return moneyOf(costUsd, state.endedAt === null ? budgetUsd : null)
}
