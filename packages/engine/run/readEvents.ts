import { Fault, type OrgId, type RunEvent, type RunId } from '@errand/contracts'
import { readLog, readLogEnd } from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import { bellFor } from './bell.ts'

interface Reader {
  readonly orgId: OrgId
}

const MAX_PAGE = 1_000
/** How long a lost notification can delay an event. */
const SLOW_LOOK_MS = 2_000

/** Events after a sequence number, oldest first, at most 1,000 at a time. Fault `run.unknown`. */
export async function readEvents(
  { orgId }: Reader,
  { runId, after, limit }: { runId: RunId; after: number; limit: number },
  deps: Pick<EngineDeps, 'db'>,
): Promise<readonly RunEvent[]> {
  const events = await readLog(deps.db, { orgId, runId, after, limit: Math.min(Math.max(limit, 1), MAX_PAGE) })
  if (events.length === 0 && (await readLogEnd(deps.db, { orgId, runId })) === undefined) throw new Fault('run.unknown')
  return events
}

/**
 * Every event after a sequence number, as it comes: no gap, no duplicate. Ends when the run is over and its sandbox is
 * gone, or with the signal. Fault `run.unknown`.
 */
export async function* watchEvents(
  { orgId }: Reader,
  { runId, after, signal }: { runId: RunId; after: number; signal: AbortSignal },
  deps: Pick<EngineDeps, 'db' | 'feed'>,
): AsyncGenerator<RunEvent, void, void> {
  // Subscribed before the first read: what comes in between rings.
  const bell = bellFor(deps.feed, runId)
  let seq = after
  let mayBeOver = true
  try {
    while (!signal.aborted) {
      const end = mayBeOver ? await readLogEnd(deps.db, { orgId, runId }) : 'open'
      if (end === undefined) throw new Fault('run.unknown')
      mayBeOver = false
      for (let isMore = true; isMore && !signal.aborted;) {
        const events = await readLog(deps.db, { orgId, runId, after: seq, limit: MAX_PAGE })
        for (const event of events) {
          if (signal.aborted) return
          yield event
          seq = event.seq
          mayBeOver ||= event.body.type === 'sandbox.gone'
        }
        isMore = events.length === MAX_PAGE
      }
      if (end !== 'open' && end.isGone && (end.isForgotten || seq >= end.seq)) return
      if (mayBeOver) continue
      mayBeOver = !(await bell.wait(SLOW_LOOK_MS, signal))
    }
  } finally {
    bell.stop()
  }
}
