import type { OrgId, RunId, SystemEvent } from '@errand/contracts'
import type { Logger } from '@errand/observe'

export interface RunRef {
  readonly orgId: OrgId
  readonly runId: RunId
}

/** Writes what a run did on the network into its log. */
export interface RunRecorder {
  record(run: RunRef, event: SystemEvent): Promise<void>
  /** Also when the run has filled its log: something else depends on it. */
  recordAlways(run: RunRef, event: SystemEvent): Promise<void>
  /** Nothing happens when the same run has recorded the same `key` before. */
  recordOnce(run: RunRef, key: string, event: SystemEvent): Promise<void>
}

interface RunRecorderDeps {
  readonly append: (run: RunRef, event: SystemEvent) => Promise<void>
  readonly log: Logger
}

/** A program that knocks on ten thousand doors fills its own log to here and no further; the refusals go on. */
const MAX_EVENTS_PER_RUN = 2_000
const MAX_RUNS = 5_000

/**
 * A recorder that remembers per run what it wrote. What it remembers is lost with the process: after a restart an
 * event may be there twice, never too few times.
 */
export function runRecorder({ append, log }: RunRecorderDeps): RunRecorder {
  const runs = new Map<RunId, { written: number; readonly keys: Set<string> }>()

  const memoryOf = (runId: RunId) => {
    const memory = runs.get(runId) ?? { written: 0, keys: new Set<string>() }
    // Last used last: the run that was silent longest is forgotten first.
    runs.delete(runId)
    runs.set(runId, memory)
    const oldest = runs.keys().next().value
    if (runs.size > MAX_RUNS && oldest !== undefined) runs.delete(oldest)
    return memory
  }

  const record = async (run: RunRef, event: SystemEvent) => {
    const memory = memoryOf(run.runId)
    memory.written++
    if (memory.written > MAX_EVENTS_PER_RUN) {
      if (memory.written === MAX_EVENTS_PER_RUN + 1)
        log.warn({ op: 'run.record', ...run }, 'a run has filled its log with network events; the rest is left out')
      return
    }
    await append(run, event)
  }

  return {
    record,
    recordAlways: append,
    async recordOnce(run, key, event) {
      const { keys } = memoryOf(run.runId)
      if (keys.has(key)) return
      if (keys.size < MAX_EVENTS_PER_RUN) keys.add(key)
      try {
        await record(run, event)
      } catch (error) {
        keys.delete(key)
        throw error
      }
    },
  }
}
