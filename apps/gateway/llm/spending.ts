import type { RunId } from '@errand/contracts'

/** What one model call has cost so far, until its event is in the run's log. */
interface Entry {
  usd: number
  /** When its event was committed; null before. From then on a grant that is read later includes it. */
  recordedAt: number | null
}

export interface OpenCall {
  /** What the call has cost up to now: the prompt once the answer has begun, all of it at the end. */
  spent(usd: number): void
  /** Ends the entry: `recording` is the write of its event. */
  settle(recording: Promise<unknown>): void
}

/**
 * Money that calls of this process have spent and that a run's log may not show yet. Without it the calls that an
 * agent makes in parallel, or in the milliseconds before a commit, would slip past the budget.
 */
export interface Spending {
  open(runId: RunId): OpenCall
  /** At least what is missing in a grant that was read after `since` (of `performance.now()`): may count some twice. */
  missingUsd(runId: RunId, since: number): number
  /** Resolves when the events of all calls that are over by now are in the log, or could not be written. */
  settled(runId: RunId): Promise<void>
}

export function createSpending(clock: () => number = () => performance.now()): Spending {
  const runs = new Map<RunId, { readonly entries: Set<Entry>; readonly recordings: Set<Promise<unknown>> }>()

  const runOf = (runId: RunId) => {
    const known = runs.get(runId)
    if (known !== undefined) return known
    const made = { entries: new Set<Entry>(), recordings: new Set<Promise<unknown>>() }
    runs.set(runId, made)
    return made
  }

  return {
    open(runId) {
      const entry: Entry = { usd: 0, recordedAt: null }
      runOf(runId).entries.add(entry)
      return {
        spent: (usd) => void (entry.usd = usd),
        settle(recording) {
          const run = runOf(runId)
          const ended = recording.then(
            () => void (entry.recordedAt = clock()),
            // Not in the log, so no grant will ever show it: it stays in this count as long as the process lives.
            () => undefined,
          )
          run.recordings.add(ended)
          void ended.then(() => run.recordings.delete(ended))
        },
      }
    },
    missingUsd(runId, since) {
      const run = runs.get(runId)
      if (run === undefined) return 0
      let usd = 0
      for (const entry of run.entries) {
        if (entry.recordedAt === null || entry.recordedAt > since) usd += entry.usd
        else run.entries.delete(entry)
      }
      if (run.entries.size === 0 && run.recordings.size === 0) runs.delete(runId)
      return usd
    },
    async settled(runId) {
      const recordings = runs.get(runId)?.recordings
      if (recordings !== undefined) await Promise.all(recordings)
    },
  }
}
