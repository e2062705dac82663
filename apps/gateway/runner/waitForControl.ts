import { authenticateFinishing, controlSeq, hearRunner, readControl } from '@errand/engine'
import { writeJson } from '../answer.ts'
import { type Call, grantOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { runnerToken } from '../stages/authenticateRun.ts'
import { watchGrowth } from '../watchGrowth.ts'

/** A runner asks again at once, so this is how often an idle run makes a request, and how old its last sign of life gets. */
export const CONTROL_WAIT_MS = 10_000

/**
 * What is wanted of the run. Answers at once when that is not what the runner was told last (`?after=`, the `seq` of
 * its last answer, 0 at first); else as soon as it changes, or as it is after 10 s.
 */
export async function waitForControl(call: Call, deps: GatewayDeps): Promise<void> {
  const after = heardUntil(call)
  const { engine } = deps
  let grant = grantOf(call)
  const until = performance.now() + CONTROL_WAIT_MS
  const growth = watchGrowth(grant.runId, call.signal, engine.feed)
  try {
    // Read again after subscribing: a change in between would wake nobody.
    grant = await authenticateFinishing(runnerToken(call), engine)
    await hearRunner(grant, engine)
    while (controlSeq(grant) === after && !call.signal.aborted && performance.now() < until) {
      await growth.next(until - performance.now())
      grant = await authenticateFinishing(runnerToken(call), engine)
    }
  } finally {
    growth.close()
  }
  writeJson(call.reply, { status: 200, body: await readControl(grant, after, engine) })
}

function heardUntil(call: Call): number {
  const after = Number(new URLSearchParams(call.target.split('?')[1] ?? '').get('after') ?? 0)
  return Number.isSafeInteger(after) && after >= 0 ? after : 0
}
