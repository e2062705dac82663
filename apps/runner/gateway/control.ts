import { type ControlAnswer, RUNNER_PATHS } from '@errand/contracts'
import { type Clock, pause } from '../clock.ts'
import type { Halt } from '../halt.ts'
import { type GatewayClient, GatewayLost, RunOver } from './client.ts'

const LONG_POLL_TIMEOUT_MS = 40_000
/** Kept between two polls, should a gateway ever answer at once without having anything to say. */
const SHORTEST_POLL_MS = 200
/** A run's first moments are not shared with anything: who stops it then is heard as soon. */
const FIRST_AFTER_MS = 250

/**
 * Listens for what a person or the gateway wants of the run until the signal aborts, and turns it into a halt.
 * Being the one request that is always under way, it also notices that the gateway is gone for good.
 */
export async function watchControl(deps: {
  readonly client: GatewayClient
  readonly clock: Clock
  readonly halt: Halt
  readonly signal: AbortSignal
  readonly onBudgetReached: () => void
  /** What persons said. */
  readonly onAnswer: (control: ControlAnswer) => void
}): Promise<void> {
  const { client, clock, halt, signal } = deps
  let after = 0
  let isBudgetKnown = false
  await pause(clock, FIRST_AFTER_MS, signal)
  while (!signal.aborted) {
    const askedAt = clock.now()
    try {
      const path = `${RUNNER_PATHS.control}?after=${after}`
      const answer = await client.untilAnswered({ method: 'GET', path, signal, timeoutMs: LONG_POLL_TIMEOUT_MS })
      if (answer.status === 200) {
        const control = answer.json as ControlAnswer
        after = control.seq
        if (control.desired === 'cancelled') return halt.request('cancelled')
        deps.onAnswer(control)
        if (control.budgetReached && !isBudgetKnown) {
          isBudgetKnown = true
          deps.onBudgetReached()
        }
      }
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof GatewayLost) return halt.request('gateway-lost')
      if (error instanceof RunOver) return halt.request('over')
      throw error
    }
    await pause(clock, Math.max(0, SHORTEST_POLL_MS - (clock.now() - askedAt)), signal)
  }
}
