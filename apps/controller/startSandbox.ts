import { asRunFault, type Fault, type SystemEvent, toFault } from '@errand/contracts'
import type { ClaimedRun } from '@errand/engine'
import type { ControllerDeps } from './deps.ts'

/** Waits between attempts; after the last the run ends, so a row is never stuck. */
const RETRY_AFTER_MS = [200, 1_000]

type Deps = Pick<ControllerDeps, 'executor' | 'log' | 'delay'>

/**
 * Starts the sandbox of a run and gives the event to record: that it started, or that the run ended because it cannot.
 * Null: another controller holds the run.
 */
export async function startSandbox(claim: ClaimedRun, deps: Deps): Promise<SystemEvent | null> {
  const { executor, log, delay } = deps
  for (let attempt = 0; ; attempt++) {
    try {
      const started = await executor.start(claim)
      return started && { type: 'sandbox.started', executor: executor.name, limits: started.limits }
    } catch (error) {
      const fault = toFault(error)
      // It comes back: the run is looked at again, ever more slowly, until its deadline.
      if (fault.code === 'cluster.unreachable') throw fault
      const waitMs = RETRY_AFTER_MS[attempt]
      if (fault.code === 'agent.isolation-required' || waitMs === undefined) return endedBecause(fault)
      log.warn({ op: 'sandbox.start', runId: claim.runId, attempt, error }, 'a sandbox did not start; trying again')
      await delay(waitMs)
    }
  }
}

function endedBecause({ code, detail }: Fault): SystemEvent {
  const isKnown = code === 'agent.isolation-required' || code.startsWith('cluster.')
  return {
    type: 'run.ended',
    status: 'failed',
    code: isKnown ? asRunFault(code) : 'sandbox.unavailable',
    ...(detail === undefined ? {} : { detail }),
  }
}
