import type { BatchId, OrgId, RunEvent, RunId, RunStatus, UserId } from '@errand/contracts'
import type { RunState } from '@errand/domain'
import type { Queryable, Statement } from '../database.ts'
import type { FrozenSpec } from '../rows.ts'
import { CHANNELS } from '../channels.ts'
import { storable } from '../json.ts'

/** A run as lists and pages show it. */
export interface RunRow {
  readonly id: RunId
  readonly prompt: string
  readonly createdBy: UserId
  readonly createdByName: string
  readonly agentVersion: number
  readonly spec: FrozenSpec
  readonly state: RunState
  readonly desired: 'done' | 'cancelled'
  readonly deadlineAt: Date
  readonly placeAt: Date | null
  readonly eventsUntil: Date | null
  readonly retryOf: RunId | null
  readonly parentRunId: RunId | null
  readonly rootRunId: RunId
  readonly batchId: BatchId | null
}

export interface NewRun {
  readonly id: RunId
  readonly orgId: OrgId
  readonly createdBy: UserId
  readonly createdAt: Date
  readonly prompt: string
  readonly title: string
  readonly agentId: string
  readonly agentVersion: number
  readonly spec: FrozenSpec
  readonly parentRunId: RunId | null
  readonly rootRunId: RunId
  readonly retryOf: RunId | null
  /** `next`: one attempt more than the batch has. */
  readonly batch: { readonly id: BatchId; readonly attempt: number | 'next' } | null
  readonly trigger: string
  readonly idempotencyKey: string | null
  readonly requestHash: string | null
  readonly waitsUntil: Date
  readonly eventsUntil: Date
  readonly first: RunEvent
  readonly state: RunState
}

const INSERT: Statement = {
  name: 'run-insert',
  text: `
    with joined as (
      update batches set size = size + 1 where id = $21 and $22::integer is null returning size
    ), added as (
      insert into runs (id, org_id, created_by, created_at, prompt, title, agent_id, agent_version, spec, parent_run_id,
        root_run_id, retry_of, trigger, idempotency_key, request_hash, desired, deadline_at, events_until, state, wake_at,
        batch_id, attempt)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'done', $16, $17, $18, $16, $21,
        coalesce($22::integer, (select size from joined)))
      on conflict (org_id, idempotency_key) where idempotency_key is not null do nothing
      returning id, org_id
    ), logged as (
      insert into run_events (org_id, run_id, seq, at, type, body)
      select org_id, id, 1, $4, $19::jsonb ->> 'type', $19::jsonb from added
    ), marked as (
      insert into run_marks (org_id, user_id, run_id) select org_id, $3, id from added
    ), filed as (
      insert into run_repositories (org_id, repository, run_id)
      select org_id, repository, id from added cross join unnest($20::text[]) as used (repository)
    )
    select pg_notify('${CHANNELS.runWake}', id) from added`,
}

/**
 * The run, its first event, and what finds it again. It is due when it gets a place, is cancelled, or has waited too long.
 * False when its idempotency key was used before: then nothing was written.
 */
export async function insertRun(q: Queryable, run: NewRun): Promise<boolean> {
  const row = await q.row(INSERT, [
    run.id,
    run.orgId,
    run.createdBy,
    run.createdAt,
    run.prompt,
    run.title,
    run.agentId,
    run.agentVersion,
    JSON.stringify(run.spec),
    run.parentRunId,
    run.rootRunId,
    run.retryOf,
    run.trigger,
    run.idempotencyKey,
    run.requestHash,
    run.waitsUntil,
    run.eventsUntil,
    JSON.stringify(storable(run.state)),
    JSON.stringify(storable(run.first.body)),
    [...new Set(run.spec.repositories.map(({ name }) => name))],
    run.batch?.id ?? null,
    run.batch === null || run.batch.attempt === 'next' ? null : run.batch.attempt,
  ])
  return row !== undefined
}

const BY_KEY: Statement = {
  name: 'run-by-key',
  text: `select id, request_hash as "requestHash" from runs where org_id = $1 and idempotency_key = $2`,
}

export function findRunByKey(
  q: Queryable,
  input: { orgId: OrgId; key: string },
): Promise<{ id: RunId; requestHash: string } | undefined> {
  return q.row(BY_KEY, [input.orgId, input.key])
}

const columns = (prompt: string, state: string): string => `
  r.id, ${prompt} as prompt, r.created_by as "createdBy", coalesce(u.name, '') as "createdByName",
  r.agent_version as "agentVersion", r.spec, ${state} as state, r.desired, r.deadline_at as "deadlineAt",
  r.place_at as "placeAt", r.events_until as "eventsUntil", r.retry_of as "retryOf",
  r.parent_run_id as "parentRunId", r.root_run_id as "rootRunId", r.batch_id as "batchId"`

const READ: Statement = {
  name: 'run-read',
  text: `select ${columns('r.prompt', 'r.state')} from runs r left join users u on u.id = r.created_by
    where r.id = $1 and r.org_id = $2`,
}

export function findRun(q: Queryable, input: { orgId: OrgId; runId: RunId }): Promise<RunRow | undefined> {
  return q.row(READ, [input.runId, input.orgId])
}

/** The output of the verify command can be long, and no list shows it. */
export const IN_LIST = columns('r.title', `jsonb_set(r.state, '{evidence,output}', '""', false)`)

/** Sorts behind every id. A condition that can be absent would keep the plan from starting in the middle. */
export const AFTER_ALL = '~'

/**
 * The conditions of all lists are equality, written so that only the index in exactly this order can serve them: given
 * the choice, the planner at times walks through all of history, past the rows of other organisations and statuses.
 * The index says which runs are on the page; their rows are read oldest first, as they lie, because only so does the system read ahead
 * where nobody has looked for long.
 */
const LIST: Statement = {
  name: 'run-list',
  text: `
    with page as materialized (
      select * from runs where org_id <= $1 and (org_id, id) >= ($1, (
        select coalesce(min(id), '') from (
          select id from runs where org_id >= $1 and (org_id, id) < ($1, $2) order by org_id desc, id desc limit $3
        ) newest
      )) order by org_id, id limit $3
    )
    select ${IN_LIST} from page r left join users u on u.id = r.created_by where r.id < $2 order by r.id desc`,
}

/** One index scan a status, each no longer than the page. */
const LIST_BY_STATUS: Statement = {
  name: 'run-list-by-status',
  text: `
    with page as (
      select one.id from unnest($4::text[]) as wanted (status) cross join lateral (
        select id from runs where org_id = $1 and status >= wanted.status and (status, id) < (wanted.status, $2)
        order by status desc, id desc limit $3
      ) one order by one.id desc limit $3
    )
    select ${IN_LIST} from page join runs r on r.id = page.id left join users u on u.id = r.created_by
    order by r.id desc`,
}

/** Newest first, from below `before`. */
export function listRunRows(
  q: Queryable,
  input: { orgId: OrgId; before: RunId | null; limit: number; status: readonly RunStatus[] | null },
): Promise<RunRow[]> {
  const { orgId, before, limit, status } = input
  return status === null
    ? q.rows(LIST, [orgId, before ?? AFTER_ALL, limit])
    : q.rows(LIST_BY_STATUS, [orgId, before ?? AFTER_ALL, limit, [...new Set(status)]])
}

const CANCEL: Statement = {
  name: 'run-cancel',
  text: `
    with told as (
      update runs set desired = 'cancelled', wake_at = least(coalesce(wake_at, $3), $3)
      where id = $1 and org_id = $2 and desired = 'done' and status not in ('succeeded', 'failed', 'cancelled')
      returning id
    )
    select pg_notify('${CHANNELS.runWake}', id) from told`,
}

/** Says what is wanted, and wakes the reconciler: whether and when it happens is decided there. */
export async function setDesiredCancelled(
  q: Queryable,
  input: { orgId: OrgId; runId: RunId; now: Date },
): Promise<void> {
  await q.row(CANCEL, [input.runId, input.orgId, input.now])
}
