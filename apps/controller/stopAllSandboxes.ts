import type { SystemEvent } from '@errand/contracts'
import { appendEvents, listLiveRuns, type LiveRun } from '@errand/engine'
import type { ControllerDeps } from './deps.ts'

type Deps = Pick<ControllerDeps, 'engine' | 'executor' | 'log'>

/**
 * Ends every sandbox because Errand is being stopped, and says so in each run's log. A run without a sandbox waits in
 * the queue for the next start. To be called when the loops have ended.
 */
export async function stopAllSandboxes(deps: Deps): Promise<{ stopped: number }> {
  const { executor, engine, log } = deps
  const live = new Map((await listLiveRuns(engine)).map((run) => [run.runId, run]))
  const sandboxes = await executor.list()
  const endings = sandboxes.map(async (runId) => {
    await executor.kill(runId)
    await executor.remove(runId)
    const run = live.get(runId)
    if (run !== undefined) await recordEnd(run, deps)
  })
  const failures = (await Promise.allSettled(endings)).filter((one) => one.status === 'rejected')
  for (const { reason } of failures)
    log.warn({ op: 'sandbox.stop', ok: false, error: reason as unknown }, 'a sandbox could not be stopped')
  return { stopped: sandboxes.length - failures.length }
}

async function recordEnd({ orgId, runId, desired }: LiveRun, { engine }: Deps): Promise<void> {
  const ended: SystemEvent =
    desired === 'cancelled'
      ? { type: 'run.ended', status: 'cancelled', code: 'run.cancelled' }
      : { type: 'run.ended', status: 'failed', code: 'run.lost', detail: 'Errand was stopped.' }
  // Dropped where the run had its last word already.
  await appendEvents({ orgId, runId, source: 'system', events: [ended, { type: 'sandbox.gone' }] }, engine)
}
