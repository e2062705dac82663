import type { ControlAnswer } from '@errand/contracts'
import { authenticateFinishing, type RunGrant } from '@errand/engine'
import { writeJson } from '../answer.ts'
import { type Call, grantOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { runnerToken } from '../stages/authenticateRun.ts'

/** A runner asks again at once, so this is how often an idle run makes a request. */
export const CONTROL_WAIT_MS = 25_000
/** A busy run's log grows many times a second; asking the database more often would tell a person nothing sooner. */
const LOOK_AT_MOST_EVERY_MS = 100

/**
 * What is wanted of the run. Answers at once when that is not what the runner was told last (`?after=`, the `seq` of
 * its last answer, 0 at first); else as soon as it changes, or as it is after 25 s.
 */
export async function waitForControl(call: Call, deps: GatewayDeps): Promise<void> {
  const after = Number(new URLSearchParams(call.target.split('?')[1] ?? '').get('after') ?? 0)
  let grant = grantOf(call)
  const until = performance.now() + CONTROL_WAIT_MS
  const growth = watchGrowth(grant, call.signal, deps)
  try {
    // Read again after subscribing: a change in between would wake nobody.
    grant = await authenticateFinishing(runnerToken(call), deps.engine)
    while (controlOf(grant).seq === after && !call.signal.aborted && performance.now() < until) {
      await growth.next(until - performance.now())
      grant = await authenticateFinishing(runnerToken(call), deps.engine)
    }
  } finally {
    growth.close()
  }
  writeJson(call.reply, { status: 200, body: controlOf(grant) })
}

/**
 * `seq` only ever grows: neither a cancellation nor a used-up budget nor an end is taken back. A runner whose run was
 * ended without it (a deadline) hears that it is cancelled: nothing that it still does is wanted.
 */
export function controlOf({
  desired,
  isBudgetReached,
  isOver,
}: Pick<RunGrant, 'desired' | 'isBudgetReached' | 'isOver'>): ControlAnswer {
  const seq = (desired === 'cancelled' ? 1 : 0) + (isBudgetReached ? 2 : 0) + (isOver ? 4 : 0)
  return { desired: isOver ? 'cancelled' : desired, budgetReached: isBudgetReached, seq }
}

/** Wakes when the run's log has grown, after a time-out and when the caller goes away. */
function watchGrowth({ runId }: RunGrant, signal: AbortSignal, deps: GatewayDeps) {
  let hasGrown = false
  let wake: () => void = () => undefined
  const unsubscribe = deps.engine.feed.subscribe(runId, () => {
    hasGrown = true
    wake()
  })
  const sleep = (ms: number, isWoken: () => boolean) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        wake = () => undefined
        resolve()
      }
      const timer = setTimeout(done, Math.max(0, ms))
      signal.addEventListener('abort', done, { once: true })
      wake = () => {
        if (isWoken()) done()
      }
      if (isWoken() || signal.aborted) done()
    })
  return {
    async next(maxMs: number): Promise<void> {
      await sleep(maxMs, () => hasGrown)
      if (hasGrown) await sleep(Math.min(maxMs, LOOK_AT_MOST_EVERY_MS), () => false)
      hasGrown = false
    },
    close: unsubscribe,
  }
}
