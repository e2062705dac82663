import {
  deleteCallsByHand,
  deleteExpiredRequests,
  deleteExpiredRows,
  deleteOldestEvents,
  forgetSignIns,
  listExpiredBlobs,
  listNeededBlobs,
  listRunsToForget,
  noteEventsForgotten,
} from '@errand/store'
import { IDLE_MS } from '../auth/sessions.ts'
import type { EngineDeps } from '../deps.ts'
import { DEFAULT_SETTINGS } from './settings.ts'

type Deps = Pick<EngineDeps, 'db' | 'now' | 'blobs'>

const RUNS_AT_ONCE = 100
const EVENTS_AT_ONCE = 5_000
const FILES_AT_ONCE = 200
/** Bytes that came so lately may be about to be named by a row. */
const FRESH_MS = 3_600_000

/**
 * Forgets what is past its date: events, MCP calls, artifacts, inputs, answered requests, sessions. In small steps, each of its own, so
 * that it may be stopped anywhere and never holds anybody up. A run's row, with its outcome, stays.
 */
export async function sweepRetention(deps: Deps): Promise<{ events: number; artifacts: number; inputs: number }> {
  const events = await sweepEvents(deps)
  const artifacts = await sweepFiles('artifacts', deps)
  const inputs = await sweepFiles('inputs', deps)
  const now = deps.now()
  await deps.blobs.sweep(new Date(now.getTime() - FRESH_MS))
  await forgetSignIns(deps.db, { now, usedAfter: new Date(now.getTime() - IDLE_MS) })
  await deleteCallsByHand(deps.db, { now, days: DEFAULT_SETTINGS.retentionDays.events })
  while ((await deleteExpiredRequests(deps.db, { now, limit: 1_000 })) === 1_000);
  return { events, artifacts, inputs }
}

async function sweepEvents({ db, now }: Deps): Promise<number> {
  let total = 0
  for (;;) {
    const runs = await listRunsToForget(db, { now: now(), limit: RUNS_AT_ONCE })
    for (const run of runs) {
      for (let deleted = EVENTS_AT_ONCE; deleted === EVENTS_AT_ONCE; total += deleted)
        deleted = await deleteOldestEvents(db, { ...run, limit: EVENTS_AT_ONCE })
      await noteEventsForgotten(db, run)
    }
    if (runs.length === 0) return total
  }
}

/** Bytes first, rows after them: what is interrupted is found again by its rows. */
async function sweepFiles(table: 'artifacts' | 'inputs', { db, now, blobs }: Deps): Promise<number> {
  let total = 0
  for (;;) {
    const at = now()
    const sha256s = await listExpiredBlobs(db, table, { now: at, limit: FILES_AT_ONCE })
    if (sha256s.length === 0) return total
    const needed = await listNeededBlobs(db, { sha256s, now: at })
    const putBefore = new Date(at.getTime() - FRESH_MS)
    for (const sha256 of sha256s.filter((one) => !needed.has(one))) await blobs.delete(sha256, { putBefore })
    total += await deleteExpiredRows(db, table, { now: at, sha256s })
  }
}
