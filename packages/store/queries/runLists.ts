import type { BatchId, OrgId, RunId, RunStatus, UserId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'
import { AFTER_ALL, IN_LIST, type RunRow } from './runs.ts'

/** A run in somebody's list. */
export interface ListedRow extends RunRow {
  /** Fired by this person, and neither seen nor archived since. */
  readonly isUnseen: boolean
  readonly isArchived: boolean
  readonly attempt: number | null
  readonly attempts: number | null
  readonly isWinner: boolean | null
  readonly idempotencyKey: string | null
}

/** Whose list: in every statement here `$1` is the organisation and `$2` the person. */
export interface Reader {
  readonly orgId: OrgId
  readonly userId: UserId
}

const UNSEEN = `m.run_id is not null and m.seen_at is null and m.archived_at is null`

export const LISTED = `${IN_LIST}, ${UNSEEN} as "isUnseen", m.archived_at is not null as "isArchived",
  r.attempt, b.size as attempts, b.winner_run_id = r.id as "isWinner", r.idempotency_key as "idempotencyKey"`

export const LIST_JOINS = `left join users u on u.id = r.created_by left join batches b on b.id = r.batch_id
  left join run_marks m on m.org_id = $1 and m.user_id = $2 and m.run_id = r.id`

const BY_IDS: Statement = {
  name: 'list-by-ids',
  text: `select ${LISTED} from runs r ${LIST_JOINS} where r.org_id = $1 and r.id = any($3::text[]) order by r.id desc`,
}

/** Those of them that are there, newest first. */
export function listRowsByIds(q: Queryable, { orgId, userId }: Reader, ids: readonly RunId[]): Promise<ListedRow[]> {
  return q.rows(BY_IDS, [orgId, userId, ids])
}

const BY_STATUS: Statement = {
  name: 'list-by-status',
  text: `
    with page as (
      select one.id from unnest($5::text[]) as wanted (status) cross join lateral (
        select id from runs where org_id = $1 and status = wanted.status and id < $3
        order by id desc limit $4
      ) one order by one.id desc limit $4
    )
    select ${LISTED} from page join runs r on r.id = page.id ${LIST_JOINS} order by r.id desc`,
}

export interface Page {
  readonly before: RunId | null
  readonly limit: number
}

/** Newest first. One index scan a status, each no longer than the page. */
export function listRowsByStatus(
  q: Queryable,
  { orgId, userId }: Reader,
  { before, limit, status }: Page & { status: readonly RunStatus[] },
): Promise<ListedRow[]> {
  return q.rows(BY_STATUS, [orgId, userId, before ?? AFTER_ALL, limit, status])
}

const OVER = `('succeeded', 'failed', 'cancelled')`
const TO_REVIEW = `run_marks m join runs r on r.id = m.run_id
  where m.org_id = $1 and m.user_id = $2 and m.seen_at is null and m.archived_at is null and r.status in ${OVER}`

const REVIEW: Statement = {
  name: 'list-review',
  text: `
    with page as (select m.run_id as id from ${TO_REVIEW} and m.run_id < $3 order by m.run_id desc limit $4)
    select ${LISTED} from page join runs r on r.id = page.id ${LIST_JOINS} order by r.id desc`,
}

/** What ended and was not looked at, newest first: a walk through this person's unseen runs alone. */
export function listRowsToReview(
  q: Queryable,
  { orgId, userId }: Reader,
  { before, limit }: Page,
): Promise<ListedRow[]> {
  return q.rows(REVIEW, [orgId, userId, before ?? AFTER_ALL, limit])
}

const BATCH: Statement = {
  name: 'list-batch',
  text: `select ${LISTED} from runs r ${LIST_JOINS} where r.org_id = $1 and r.batch_id = $3 order by r.attempt limit 1000`,
}

/** The attempts of a batch in their order. */
export function listRowsOfBatch(q: Queryable, { orgId, userId }: Reader, batchId: BatchId): Promise<ListedRow[]> {
  return q.rows(BATCH, [orgId, userId, batchId])
}

/** Beyond this nobody counts: it is shown as `99+`. */
export const COUNTED_UP_TO = 100

const countOf = (from: string): string =>
  `(select count(*)::integer from (select 1 from ${from} limit ${COUNTED_UP_TO}) x)`
const withStatus = (...status: RunStatus[]): string =>
  countOf(`runs where org_id = $1 and status in (${status.map((one) => `'${one}'`).join(', ')})`)

const COUNTS: Statement = {
  name: 'list-counts',
  text: `select ${withStatus('waiting')} as needs, ${countOf(TO_REVIEW)} as review,
    ${withStatus('starting', 'running', 'verifying')} as running, ${withStatus('queued')} as queued`,
}

export interface GroupCounts {
  readonly needs: number
  readonly review: number
  readonly running: number
  readonly queued: number
}

/** How many are in each group, counted to `COUNTED_UP_TO` and no further. */
export async function countGroups(q: Queryable, { orgId, userId }: Reader): Promise<GroupCounts> {
  return (await q.row<GroupCounts>(COUNTS, [orgId, userId])) ?? { needs: 0, review: 0, running: 0, queued: 0 }
}

const OWN: Statement = {
  name: 'list-own-ids',
  text: 'select id from runs where org_id = $1 and id = any($2::text[])',
}

/** Those of the ids that are this organisation's runs. */
export async function filterRunIds(q: Queryable, input: { orgId: OrgId; ids: readonly string[] }): Promise<RunId[]> {
  return (await q.rows<{ id: RunId }>(OWN, [input.orgId, input.ids])).map(({ id }) => id)
}

const ADD_BATCH: Statement = {
  name: 'batch-add',
  text: `insert into batches (id, org_id, created_by, created_at, size) values ($1, $2, $3, $4, $5) on conflict do nothing`,
}

export async function insertBatch(
  q: Queryable,
  batch: Reader & { readonly id: BatchId; readonly size: number; readonly now: Date },
): Promise<void> {
  await q.affected(ADD_BATCH, [batch.id, batch.orgId, batch.userId, batch.now, batch.size])
}

const PICK: Statement = {
  name: 'batch-pick',
  text: `
    update batches set winner_run_id = $3 where id = $2 and org_id = $1
      and ($3::text is null or exists (select from runs where id = $3 and org_id = $1 and batch_id = $2))`,
}

/** Marks the attempt, or none. False when there is no such batch, or the run is none of its attempts. */
export async function writeWinner(
  q: Queryable,
  { orgId, batchId, runId }: { orgId: OrgId; batchId: BatchId; runId: RunId | null },
): Promise<boolean> {
  return (await q.affected(PICK, [orgId, batchId, runId])) > 0
}
