import { Fault, type OrgId, type RunId, type RunStatus } from '@errand/contracts'
import { admissionOrder, type WaitingRun } from '@errand/domain'
import { countLiveByUser, findRun, listRunRows, listWaiting, type RunRow } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import type { RunView } from './types.ts'
import { isWaiting, toView } from './view.ts'

type Deps = Pick<EngineDeps, 'db'>

/** Nobody reads a position behind so many of one's own. */
const LONGEST_QUEUE = 10_000
const MAX_PAGE = 200

/** Fault `run.unknown`. */
export async function readRun(actor: Actor, runId: RunId, { db }: Deps): Promise<RunView> {
  const row = await findRun(db, { orgId: actor.orgId, runId })
  if (row === undefined) throw new Fault('run.unknown')
  return toView(row, await queueFor([row], actor.orgId, { db }))
}

export interface RunPage {
  /** The id to go on below; absent for the newest. */
  readonly before?: RunId | undefined
  /** At most 200. */
  readonly limit: number
  readonly status?: readonly RunStatus[] | undefined
}

/** Newest first. `next` is where the next page starts, null at the end. */
export async function listRuns(
  actor: Actor,
  { before, limit, status }: RunPage,
  { db }: Deps,
): Promise<{ runs: readonly RunView[]; next: RunId | null }> {
  const size = Math.min(Math.max(Math.trunc(limit), 1), MAX_PAGE)
  const { orgId } = actor
  // One more than asked for says whether there is a next page.
  const rows = await listRunRows(db, { orgId, before: before ?? null, limit: size + 1, status: status ?? null })
  const shown = rows.slice(0, size)
  const order = await queueFor(shown, orgId, { db })
  const last = shown.at(-1)
  return {
    runs: shown.map((row) => toView(row, order)),
    next: rows.length > size && last !== undefined ? last.id : null,
  }
}

/** The queue is read only when somebody waits, and costs what waits, not what has been. */
export async function queueFor(rows: readonly RunRow[], orgId: OrgId, { db }: Deps): Promise<readonly WaitingRun[]> {
  if (!rows.some(isWaiting)) return []
  const liveByUser = await countLiveByUser(db, { orgId })
  return admissionOrder(await listWaiting(db, { orgId, perUser: LONGEST_QUEUE }), liveByUser)
}
