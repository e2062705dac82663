import type { AgentSpec } from '@errand/contracts'
import { type ClaimedRun, type EngineDeps, issueRunToken } from '@errand/engine'
import type { Logger } from '@errand/observe'
import type { Executor, StartSandbox } from '@errand/sandbox'
import { examine } from '../doctor/examine.ts'
import type { RunExecutor } from '../executor.ts'

interface LocalDeps {
  readonly engine: EngineDeps
  readonly executor: Executor
  readonly log: Logger
  /** The switch: other agents than the demo run as plain processes where this machine cannot isolate. */
  readonly mayRunUnisolated: boolean
}

/** Runs in the sandboxes of this machine. */
export function localRuns({ engine, executor, log, mayRunUnisolated }: LocalDeps): RunExecutor {
  return {
    name: 'local',
    async start(claim) {
      // Each attempt has a token of its own, so one that half succeeded opens nothing.
      const issued = await issueRunToken({ claim }, engine)
      if (issued.kind === 'fenced') return null
      return executor.start(request(claim, issued.token, mayRunUnisolated))
    },
    look: (runId) => executor.look(runId),
    kill: (runId) => executor.kill(runId),
    remove: (runId) => executor.remove(runId),
    list: () => executor.list(),
    tidy: () => executor.tidy(),
    lastWords: (runId) => executor.lastWords(runId),
    onExit: (listener) => executor.onExit(listener),
    examine: (targets, keep) =>
      examine(targets, { config: { mayRunUnisolated }, keep, deps: { engine, executor, log } }),
  }
}

function request({ runId, agentSpec }: ClaimedRun, token: string, mayRunUnisolated: boolean): StartSandbox {
  const { memoryMib, cpus, pids } = agentSpec
  const withoutIsolation = mayRunUnisolated || isDemo(agentSpec) ? 'run-as-plain-process' : 'refuse'
  return { runId, token, limits: { memoryMib, cpus, pids }, withoutIsolation }
}

/** Its model is a fixed script, so what it does is known before it runs. */
function isDemo(spec: AgentSpec): boolean {
  return spec.runtime === 'claude-code' && spec.credential === 'demo'
}
