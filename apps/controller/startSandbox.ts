import { type AgentSpec, type Fault, type SystemEvent, toFault } from '@errand/contracts'
import { type ClaimedRun, issueRunToken } from '@errand/engine'
import type { StartSandbox } from '@errand/sandbox'
import type { ControllerConfig, ControllerDeps } from './deps.ts'

/** Waits between attempts; after the last the run ends, so a row is never stuck. */
const RETRY_AFTER_MS = [200, 1_000]

type Deps = Pick<ControllerDeps, 'engine' | 'executor' | 'log' | 'delay'>

/**
 * Starts the sandbox of a run and gives the event to record: that it started, or that the run ended because it cannot.
 * Null: another controller holds the run. Each attempt has a token of its own, so one that half succeeded opens nothing.
 */
export async function startSandbox(
  claim: ClaimedRun,
  config: Pick<ControllerConfig, 'mayRunUnisolated'>,
  deps: Deps,
): Promise<SystemEvent | null> {
  for (let attempt = 0; ; attempt++) {
    const issued = await issueRunToken({ claim }, deps.engine)
    if (issued.kind === 'fenced') return null
    try {
      const { limits } = await deps.executor.start(request(claim, issued.token, config))
      return { type: 'sandbox.started', executor: 'local', limits }
    } catch (error) {
      const fault = toFault(error)
      const waitMs = RETRY_AFTER_MS[attempt]
      if (fault.code === 'agent.isolation-required' || waitMs === undefined) return endedBecause(fault)
      deps.log.warn(
        { op: 'sandbox.start', runId: claim.runId, attempt, error },
        'a sandbox did not start; trying again',
      )
      await deps.delay(waitMs)
    }
  }
}

function request(claim: ClaimedRun, token: string, config: Pick<ControllerConfig, 'mayRunUnisolated'>): StartSandbox {
  const { runId, agentSpec } = claim
  const { memoryMib, cpus, pids } = agentSpec
  const mayRunPlain = config.mayRunUnisolated || isDemo(agentSpec)
  const withoutIsolation = mayRunPlain ? 'run-as-plain-process' : 'refuse'
  return { runId, token, limits: { memoryMib, cpus, pids }, withoutIsolation }
}

/** Its model is a fixed script, so what it does is known before it runs. */
function isDemo(spec: AgentSpec): boolean {
  return spec.runtime === 'claude-code' && spec.credential === 'demo'
}

function endedBecause(fault: Fault): SystemEvent {
  const code = fault.code === 'agent.isolation-required' ? fault.code : 'sandbox.unavailable'
  const { detail } = fault
  return { type: 'run.ended', status: 'failed', code, ...(detail === undefined ? {} : { detail }) }
}
