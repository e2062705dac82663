import type { RunId } from '@errand/contracts'
import { authenticateRun, type EngineDeps, type RunGrant } from '@errand/engine'

export interface KeptGrants {
  /** What a run token opens, or opened a moment ago. Faults as `authenticateRun`. */
  open(token: string): Promise<RunGrant>
  /** Something happened to this run; null: to any. */
  forget(runId: RunId | null): void
}

interface Kept {
  readonly until: number
  readonly grant: Promise<RunGrant>
  /** Null while it is being read: whatever happens meanwhile may have happened to it. */
  runId: RunId | null
}

/** Should the word be lost that a run has ended. */
const KEEP_MS = 5_000

/**
 * Grants in memory, for what comes hundreds of times a second and needs only what never changes in a run: its servers,
 * its policy. Whoever hears of a run's change says `forget`.
 */
export function keptGrants(engine: Pick<EngineDeps, 'db' | 'now'>): KeptGrants {
  const kept = new Map<string, Kept>()
  const forgetOld = (at: number) => {
    for (const [token, { until }] of kept) {
      if (until > at) return
      kept.delete(token)
    }
  }
  return {
    open(token) {
      const at = engine.now().getTime()
      const known = kept.get(token)
      if (known !== undefined && known.until > at) return known.grant
      kept.delete(token)
      forgetOld(at)
      const grant = authenticateRun(token, engine)
      const entry: Kept = { until: at + KEEP_MS, grant, runId: null }
      kept.set(token, entry)
      grant.then(
        ({ runId }) => void (entry.runId = runId),
        () => {
          if (kept.get(token) === entry) kept.delete(token)
        },
      )
      return grant
    },
    forget(runId) {
      for (const [token, entry] of kept) if (runId === null || (entry.runId ?? runId) === runId) kept.delete(token)
    },
  }
}
