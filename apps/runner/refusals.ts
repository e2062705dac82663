import type { FaultCode } from '@errand/contracts'
import type { Clock } from './clock.ts'
import type { Halt } from './halt.ts'

/** The agent ends by itself once its calls are refused; only one that does not is stopped. */
const BUDGET_PATIENCE_MS = 15_000

/** What the gateway has refused the agent, as far as it decides why the run ends. */
export class Refusals {
  last: FaultCode | null = null
  #isAgentOver = false

  /** How the last model call was answered: an error that comes after it is the provider's when it was not refused. */
  note(refusedWith: FaultCode | null): void {
    this.last = refusedWith
  }

  reachBudget({ clock, halt }: { clock: Clock; halt: Halt }): void {
    this.last = 'run.budget'
    clock.after(BUDGET_PATIENCE_MS, () => {
      if (!this.#isAgentOver) halt.request('budget')
    })
  }

  agentOver(): void {
    this.#isAgentOver = true
  }
}
