import type { OrgId, RunId } from '@errand/contracts'
import { filterRunIds } from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import type { RunChanges } from './types.ts'

/** At most four times a second: what changes in between is told together. */
const PAUSE_MS = 250
const MOST_NAMED = 200

/**
 * Tells which runs of the organisation have changed (events, marks, a new one), until the signal. It begins with `all`:
 * whatever was read before may be old. Changes are lost only with the connection to the database, and then `all` is
 * told.
 */
export async function* watchRuns(
  { orgId }: { readonly orgId: OrgId },
  { signal }: { signal: AbortSignal },
  { db, feed }: Pick<EngineDeps, 'db' | 'feed'>,
): AsyncGenerator<RunChanges, void, void> {
  let changed = new Set<string>()
  let isAll = true
  let wake: (() => void) | undefined
  const stop = feed.subscribeAll({
    onChange: (id) => {
      // A browser that reads slowly must not cost memory.
      if (changed.size < MOST_NAMED) changed.add(id)
      else isAll = true
      wake?.()
    },
    onMissed: () => {
      isAll = true
      wake?.()
    },
  })
  try {
    while (!signal.aborted) {
      if (!isAll && changed.size === 0) await pause(null)
      else {
        const told = isAll ? ({ kind: 'all' } as const) : { kind: 'runs' as const, runIds: [...changed] }
        isAll = false
        changed = new Set()
        const change = told.kind === 'all' ? told : await own(told.runIds)
        if (change !== null) yield change
        await pause(PAUSE_MS)
      }
    }
  } finally {
    stop()
  }

  /** Whoever hears everything hears of other organisations too. */
  async function own(ids: readonly string[]): Promise<RunChanges | null> {
    const runIds: readonly RunId[] = await filterRunIds(db, { orgId, ids })
    return runIds.length === 0 ? null : { kind: 'runs', runIds }
  }

  /** Until the next change (null), or for so long whatever happens. Ends with the signal. */
  function pause(ms: number | null): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        wake = undefined
        resolve()
      }
      const timer = ms === null ? undefined : setTimeout(done, ms)
      signal.addEventListener('abort', done)
      if (ms === null) wake = done
    })
  }
}
