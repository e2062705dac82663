import { FAULTS } from '@errand/contracts'
import { money, size } from '../../ui/format/amount.ts'
import { duration } from '../../ui/format/time.ts'
import type { ListedRun, RunChange } from './types.ts'

/** What mends a failed run, as something to press. */
export type Remedy =
  | { readonly kind: 'retry'; readonly label: string; readonly change?: RunChange }
  | { readonly kind: 'go'; readonly href: string; readonly label: string }

const MIB = 1_048_576
const MINUTE_MS = 60_000
const MOST = { memoryMib: 1_048_576, minutes: 1_440, budgetUsd: 100_000, turns: 10_000 } as const

/** Null: nothing but a look at the run tells more. */
export function remedyOf(run: ListedRun): Remedy | null {
  const { state } = run
  switch (state.code) {
    case null:
    case 'run.cancelled':
    case 'verify.failed':
      return null
    case 'sandbox.out-of-memory':
    case 'run.deadline':
    case 'run.budget':
    case 'agent.turns':
      return retryWithMore(run)
    case 'credential.missing':
    case 'model.unauthorized':
      return { kind: 'go', href: '/credentials', label: 'Set the key' }
    case 'repository.clone-failed':
    case 'repository.push-failed':
      return { kind: 'go', href: '/credentials', label: 'Check the git credential' }
    case 'sandbox.unavailable':
      return { kind: 'go', href: '/boundary', label: 'Test this machine' }
    case 'setup.failed':
    case 'output.invalid':
      return { kind: 'go', href: `/agents/${state.agent}`, label: `Change ${state.agent}` }
    default:
      return FAULTS[state.code].retry ? { kind: 'retry', label: 'Retry' } : null
  }
}

/** Twice as much of what ran out. */
function retryWithMore({ state, limits, budgetUsd }: ListedRun): Remedy {
  switch (state.code) {
    case 'sandbox.out-of-memory': {
      const memoryMib = Math.min(MOST.memoryMib, limits.memoryMib * 2)
      return { kind: 'retry', label: `Retry with ${size(memoryMib * MIB)}`, change: { memoryMib } }
    }
    case 'run.deadline': {
      const deadlineMinutes = Math.min(MOST.minutes, limits.deadlineMinutes * 2)
      return {
        kind: 'retry',
        label: `Retry with ${duration(deadlineMinutes * MINUTE_MS)}`,
        change: { deadlineMinutes },
      }
    }
    case 'agent.turns': {
      const maxTurns = Math.min(MOST.turns, (limits.maxTurns ?? MOST.turns / 2) * 2)
      return { kind: 'retry', label: `Retry with ${maxTurns} turns`, change: { maxTurns } }
    }
    default: {
      if (budgetUsd === null) return { kind: 'retry', label: 'Retry' }
      const more = Math.min(MOST.budgetUsd, budgetUsd * 2)
      return { kind: 'retry', label: `Retry with ${money(more)}`, change: { budgetUsd: more } }
    }
  }
}
