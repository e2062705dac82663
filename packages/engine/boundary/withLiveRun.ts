import { Fault, type RunId } from '@errand/contracts'
import type { Actor, EngineDeps } from '../deps.ts'
import { markRuns } from '../lists/marks.ts'
import { cancelRun } from '../run/cancelRun.ts'
import { createRun } from '../run/createRun.ts'
import { watchEvents } from '../run/readEvents.ts'

const AGENT = 'shell'
const PROMPT = '# errand doctor: lives while its token is tried from another sandbox\nexec sleep 120\n'
const DEADLINE_MS = 60_000

/** Acts while a run is live that does nothing. It is archived: nobody has to look at it. */
export async function withLiveRun<T>(owner: Actor, act: (runId: RunId) => Promise<T>, deps: EngineDeps): Promise<T> {
  const { runId } = await createRun(owner, { prompt: PROMPT, agent: AGENT, repositories: [], network: 'none' }, deps)
  try {
    await untilStarted(owner, runId, deps)
    return await act(runId)
  } finally {
    await cancelRun(owner, runId, deps).catch((error: unknown) => {
      if (!(error instanceof Fault && error.code === 'run.over')) throw error
    })
    await markRuns(owner, { runIds: [runId], isSeen: true, isArchived: true }, deps)
  }
}

async function untilStarted(owner: Actor, runId: RunId, deps: EngineDeps): Promise<void> {
  const signal = AbortSignal.timeout(DEADLINE_MS)
  for await (const { body } of watchEvents(owner, { runId, after: 0, signal }, deps)) {
    if (body.type === 'runner.started') return
    if (body.type === 'run.ended') throw new Fault('sandbox.unavailable', body.detail ?? body.code)
  }
  throw new Fault('sandbox.unavailable', `A run of the self-test did not start within ${DEADLINE_MS / 1000} s.`)
}
