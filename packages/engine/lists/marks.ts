import { Fault, type RunId } from '@errand/contracts'
import { writeAllSeen, writeMarks } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { announceEvents } from '../run/appendEvents.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

/**
 * Sets or takes away what is given, for this person alone. Fault `run.unknown` when none of the runs is there. Gives
 * those that are.
 */
export async function markRuns(
  actor: Actor,
  marks: { runIds: readonly RunId[]; isSeen?: boolean | undefined; isArchived?: boolean | undefined },
  { db, now }: Deps,
): Promise<{ runIds: readonly RunId[] }> {
  const { runIds, isSeen = null, isArchived = null } = marks
  const marked = await writeMarks(db, actor, { runIds, isSeen, isArchived, now: now() })
  if (marked.length === 0) throw new Fault('run.unknown')
  // To this person's other devices.
  for (const runId of marked) announceEvents(runId, { db })
  return { runIds: marked }
}

const AT_ONCE = 1_000

/** Everything that ended counts as seen, up to a thousand at once. Gives the runs, so that it can be undone. */
export async function markAllSeen(actor: Actor, { db, now }: Deps): Promise<{ runIds: readonly RunId[] }> {
  const runIds = await writeAllSeen(db, actor, { now: now(), limit: AT_ONCE })
  for (const runId of runIds) announceEvents(runId, { db })
  return { runIds }
}
