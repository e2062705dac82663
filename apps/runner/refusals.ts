import type { FaultCode } from '@errand/contracts'
import type { Clock } from './clock.ts'
import type { Halt } from './halt.ts'

/** The agent ends by itself once its calls are refused; only one that does not is stopped. */
const BUDGET_PATIENCE_MS = 15_000

/** What the gateway has refused the agent, as far as it decides why the run ends. */
export class Refusals {
  last: FaultCode | null = null
  #isAgentOver = false

  /** A model call was refused, with this reason. */
  add(code: FaultCode): void {
    this.last = code
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
