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

/** Whether one more event goes into the log of this run. */
export type EventAllowance = (run: RunRef) => boolean

export function eventAllowance({ log }: Pick<RunRecorderDeps, 'log'>): EventAllowance {
  const written = new Map<RunId, number>()
  return (run) => {
    const { runId } = run
    const count = (written.get(runId) ?? 0) + 1
    keepLast(written, runId, count)
    if (count === MAX_EVENTS_PER_RUN + 1)
      log.warn({ op: 'run.record', ...run }, 'a run has filled its log with network events; the rest is left out')
    return count <= MAX_EVENTS_PER_RUN
  }
}

/** Last used last: the run that was silent longest is forgotten first. */
function keepLast<T>(runs: Map<RunId, T>, runId: RunId, value: T): void {
  runs.delete(runId)
  runs.set(runId, value)
  const oldest = runs.keys().next().value
  if (runs.size > MAX_RUNS && oldest !== undefined) runs.delete(oldest)
}

/**
 * A recorder that remembers per run what it wrote. What it remembers is lost with the process: after a restart an
 * event may be there twice, never too few times.
 */
export function runRecorder({ append, log }: RunRecorderDeps): RunRecorder {
  const mayRecord = eventAllowance({ log })
  const keysOf = new Map<RunId, Set<string>>()
  const record = async (run: RunRef, event: SystemEvent) => {
    if (mayRecord(run)) await append(run, event)
  }
  return {
    record,
    recordAlways: append,
    async recordOnce(run, key, event) {
      const keys = keysOf.get(run.runId) ?? new Set<string>()
      keepLast(keysOf, run.runId, keys)
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
