import { type BatchId, Fault, type RunId } from '@errand/contracts'
import { type RunGroup, STATUSES_OF_GROUP } from '@errand/domain'
import {
  COUNTED_UP_TO,
  countGroups,
  countLiveByUser,
  type ListedRow,
  listRowsByIds,
  listRowsByStatus,
  listRowsOfBatch,
  listRowsToReview,
  searchRunRows,
  writeWinner,
} from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { readSettings } from '../org/settings.ts'
import { queueFor } from '../run/readRun.ts'
import type { ListedRun } from '../run/types.ts'
import { toListed } from '../run/view.ts'
import type { GroupPage, ListedPage, RunGroups } from './types.ts'

type Deps = Pick<EngineDeps, 'db'>

const MAX_PAGE = 100
/** How many runs one page of what is done may look at: those that are archived or not seen yet are passed over. */
const DONE_WALK = 500

/** The first page of every group, and how many there are in those that need a look. */
export async function readRunGroups(
  actor: Actor,
  { limit }: { limit: number },
  deps: Pick<EngineDeps, 'db' | 'maxLiveRuns'>,
): Promise<RunGroups> {
  const page = (group: RunGroup) => rowsOf(actor, { group, before: null, limit: sizeOf(limit) }, deps)
  const [needs, review, running, queued, done, counts, places] = await Promise.all([
    page('needs'),
    page('review'),
    page('running'),
    page('queued'),
    page('done'),
    countGroups(deps.db, actor),
    readPlaces(actor, deps),
  ])
  const order = await queueFor(
    [needs, review, running, queued, done].flatMap(({ rows }) => rows),
    actor.orgId,
    deps,
  )
  const withCount = (name: keyof typeof counts, { rows, next }: Rows): GroupPage => ({
    runs: rows.map((row) => toListed(row, order)),
    next,
    count: counts[name],
    isMore: counts[name] >= COUNTED_UP_TO,
  })
  return {
    needs: withCount('needs', needs),
    review: withCount('review', review),
    running: withCount('running', running),
    queued: withCount('queued', queued),
    done: { runs: done.rows.map((row) => toListed(row, order)), next: done.next },
    places,
  }
}

/** More of one group, newest first. */
export async function readRunGroup(
  actor: Actor,
  { group, before, limit }: { group: RunGroup; before?: RunId | undefined; limit: number },
  deps: Deps,
): Promise<ListedPage> {
  const { rows, next } = await rowsOf(actor, { group, before: before ?? null, limit: sizeOf(limit) }, deps)
  return listed(actor, { rows, next }, deps)
}

/** These runs as a list shows them; one that is not there is left out. */
export async function readListedRuns(
  actor: Actor,
  runIds: readonly RunId[],
  deps: Deps,
): Promise<readonly ListedRun[]> {
  const rows = await listRowsByIds(deps.db, actor, runIds.slice(0, MAX_PAGE))
  return (await listed(actor, { rows, next: null }, deps)).runs
}

/** The attempts of a batch in their order. Fault `run.unknown` when there is none. */
export async function readBatch(actor: Actor, batchId: BatchId, deps: Deps): Promise<readonly ListedRun[]> {
  const rows = await listRowsOfBatch(deps.db, actor, batchId)
  if (rows.length === 0) throw new Fault('run.unknown')
  return (await listed(actor, { rows, next: null }, deps)).runs
}

/** Marks one attempt as the one to take, or none any more. Fault `run.unknown` when it is none of the batch. */
export async function pickWinner(
  { orgId }: Actor,
  { batchId, runId }: { batchId: BatchId; runId: RunId | null },
  { db }: Deps,
): Promise<void> {
  if (!(await writeWinner(db, { orgId, batchId, runId }))) throw new Fault('run.unknown')
}

/** How many sandboxes live, and how many may. */
async function readPlaces(
  { orgId }: Actor,
  { db, maxLiveRuns }: Pick<EngineDeps, 'db' | 'maxLiveRuns'>,
): Promise<{ taken: number; limit: number }> {
  const [live, settings] = await Promise.all([countLiveByUser(db, { orgId }), readSettings({ orgId }, { db })])
  const taken = [...live.values()].reduce((sum, one) => sum + one, 0)
  return { taken, limit: settings.maxLiveRuns ?? maxLiveRuns }
}

interface Rows {
  readonly rows: readonly ListedRow[]
  readonly next: RunId | null
}

async function rowsOf(
  actor: Actor,
  { group, before, limit }: { group: RunGroup; before: RunId | null; limit: number },
  { db }: Deps,
): Promise<Rows> {
  if (group === 'done') {
    const filter = { text: null, status: OVER, agentId: null, repository: null, archive: 'done' } as const
    return searchRunRows(db, actor, { before, limit, walk: DONE_WALK, filter })
  }
  // One more than asked for says whether there is a next page.
  const page = { before, limit: limit + 1 }
  const found =
    group === 'review'
      ? await listRowsToReview(db, actor, page)
      : await listRowsByStatus(db, actor, { ...page, status: STATUSES_OF_GROUP[group] })
  const rows = found.slice(0, limit)
  return { rows, next: found.length > limit ? (rows.at(-1)?.id ?? null) : null }
}

const OVER = ['succeeded', 'failed', 'cancelled'] as const

export async function listed({ orgId }: Actor, { rows, next }: Rows, deps: Deps): Promise<ListedPage> {
  const order = await queueFor(rows, orgId, deps)
  return { runs: rows.map((row) => toListed(row, order)), next }
}

export function sizeOf(limit: number): number {
  return Math.min(Math.max(Math.trunc(limit), 1), MAX_PAGE)
}
