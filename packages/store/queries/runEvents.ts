import type { OrgId, RunEvent, RunEventBody, RunId } from '@errand/contracts'
import type { RunState } from '@errand/domain'
import { CHANNELS } from '../channels.ts'
import type { Queryable, Statement } from '../database.ts'
import { storable } from '../json.ts'
import { addSpent, spentIn, spentValues } from './spendHours.ts'

/** What an append needs to know of a run before it writes. */
export interface LogHead {
  readonly state: RunState
  readonly runnerSeq: number
  readonly leaseToken: string | null
}

const head = `select state, runner_seq as "runnerSeq", lease_token as "leaseToken" from runs where id = $1 and org_id = $2`
const HEAD: Statement = { name: 'log-head', text: head }
const HEAD_LOCKED: Statement = { name: 'log-head-locked', text: `${head} for no key update` }

export function readLogHead(
  q: Queryable,
  input: { orgId: OrgId; runId: RunId; isLocked: boolean },
): Promise<LogHead | undefined> {
  return q.row(input.isLocked ? HEAD_LOCKED : HEAD, [input.runId, input.orgId])
}

/**
 * The whole append is this one statement, thus one transaction: the row is locked and moved on only if nobody moved it
 * since it was read, and only then are the events there.
 */
const appendWith = ({ lease = '', wakeAt = 'least(wake_at, $6::timestamptz)', also = '' }): string => `
    with moved as (
      update runs set
        state = $3::jsonb,
        runner_seq = $4,${lease}
        wake_at = case when $5::boolean then null else ${wakeAt} end
      where id = $1 and org_id = $2 and seq = $7 and runner_seq = $8 and ($9::uuid is null or lease_token = $9)
      returning id, org_id, wake_at
    ), logged as (
      insert into run_events (org_id, run_id, seq, at, type, body)
      select m.org_id, m.id, $7::integer + e.place::integer, (e.value ->> 'at')::timestamptz, e.value -> 'body' ->> 'type', e.value -> 'body'
      from moved m cross join jsonb_array_elements($10::jsonb) with ordinality as e (value, place)
    )${also}
    select `
const TELL = `pg_notify('${CHANNELS.runWake}', id) end from moved`
const told = `case when ($5 or $6 is not null) and $9::uuid is null then ${TELL}`

const APPEND: Statement = { name: 'log-append', text: appendWith({}) + told }
/** What a model call cost is in the log and in the sum of its hour, or in neither. */
const APPEND_SPENT: Statement = {
  name: 'log-append-spent',
  text: appendWith({ also: addSpent({ firstParameter: 11, now: '$16' }) }) + told,
}
/** And gives the run back, as its release does. */
const APPEND_RELEASE: Statement = {
  name: 'log-append-release',
  text: `${appendWith({
    lease: `
        lease_owner = null, lease_token = null, lease_until = null,`,
    wakeAt: 'case when wake_at < lease_until then wake_at else $6::timestamptz end',
  })}case when wake_at <= $11::timestamptz then ${TELL}`,
}

export interface Append {
  readonly orgId: OrgId
  readonly runId: RunId
  /** As it was read. */
  readonly head: LogHead
  /** Nothing is written once another lease holds the run. */
  readonly leaseToken: string | null
  readonly state: RunState
  readonly runnerSeq: number
  readonly events: readonly RunEvent[]
  /** When the run is due, where it was not to be sooner. With `isReleased` whatever its holder had asked for before. */
  readonly wakeAt: Date | null
  /** Never again. */
  readonly isGone: boolean
  readonly isReleased: boolean
  readonly now: Date
}

/**
 * False when the run has moved on since `head` was read: read again. Wakes the reconciler, unless it is the reconciler's
 * own; that the log has grown is the caller's to announce, after the commit.
 */
export async function appendToLog(q: Queryable, append: Append): Promise<boolean> {
  const { orgId, runId, head: before, state, runnerSeq, wakeAt, isGone, isReleased, now, leaseToken, events } = append
  const spent = spentIn(events)
  const values = [
    runId,
    orgId,
    JSON.stringify(storable(state)),
    runnerSeq,
    isGone,
    wakeAt,
    before.state.seq,
    before.runnerSeq,
    leaseToken,
    JSON.stringify(events.map(({ at, body }) => ({ at, body }))),
  ]
  if (isReleased) return (await q.row(APPEND_RELEASE, [...values, now])) !== undefined
  if (spent === null) return (await q.row(APPEND, values)) !== undefined
  return (await q.row(APPEND_SPENT, [...values, ...spentValues(runId, spent), now])) !== undefined
}

const HEADS: Statement = {
  name: 'log-heads',
  text: `select id as "runId", org_id as "orgId", state, runner_seq as "runnerSeq", lease_token as "leaseToken" from runs where id = any($1)`,
}

/** Those that are there, of any organisation: the caller compares. */
export function readLogHeads(
  q: Queryable,
  runIds: readonly RunId[],
): Promise<(LogHead & { readonly runId: RunId; readonly orgId: OrgId })[]> {
  return q.rows(HEADS, [runIds])
}

/** A run that somebody else is writing to is left out: nobody waits here, and nothing can wait in a circle. */
const APPEND_MANY: Statement = {
  name: 'log-append-many',
  text: `
    with given as materialized (
      select * from jsonb_to_recordset($1::jsonb) as g(id text, "orgId" text, seq int, "runnerSeq" int, state jsonb, events jsonb)
    ), free as materialized (
      select r.id from runs r join given g on g.id = r.id
      where r.id = any($2) and r.org_id = g."orgId" and r.seq = g.seq and r.runner_seq = g."runnerSeq" for no key update of r skip locked
    ), moved as (
      update runs r set state = g.state from given g join free f on f.id = g.id where r.id = any($2) and r.id = g.id
      returning r.id, r.org_id, g.seq as before, g.events
    ), logged as (
      insert into run_events (org_id, run_id, seq, at, type, body)
      select m.org_id, m.id, m.before + e.place::integer, (e.value ->> 'at')::timestamptz, e.value -> 'body' ->> 'type', e.value -> 'body'
      from moved m cross join jsonb_array_elements(m.events) with ordinality as e (value, place)
    )
    select id from moved`,
}

/** One run's part of it: events that wake nobody and cost nothing. */
export type AppendOfMany = Pick<Append, 'orgId' | 'runId' | 'head' | 'state' | 'events'>

/** The runs to whose logs this was added; one that has moved on since it was read, or is being written to, is not among them. */
export async function appendToLogs(q: Queryable, appends: readonly AppendOfMany[]): Promise<ReadonlySet<RunId>> {
  const given = appends.map(({ orgId, runId, head: before, state, events }) => ({
    id: runId,
    orgId,
    seq: before.state.seq,
    runnerSeq: before.runnerSeq,
    state: storable(state),
    events: events.map(({ at, body }) => ({ at, body })),
  }))
  const rows = await q.rows<{ id: RunId }>(APPEND_MANY, [JSON.stringify(given), appends.map(({ runId }) => runId)])
  return new Set(rows.map(({ id }) => id))
}

const READ: Statement = {
  name: 'log-read',
  text: `select seq, at, body from run_events where run_id = $1 and seq > $2 and org_id = $3 order by seq limit $4`,
}

export async function readLog(
  q: Queryable,
  input: { orgId: OrgId; runId: RunId; after: number; limit: number },
): Promise<RunEvent[]> {
  const rows = await q.rows<{ seq: number; at: Date; body: RunEventBody }>(READ, [
    input.runId,
    input.after,
    input.orgId,
    input.limit,
  ])
  return rows.map(({ seq, at, body }) => ({ seq, at: at.toISOString(), body }))
}

/** What persons and a run said about one question or note. */
type Talk = Extract<
  RunEventBody,
  { type: `question.${string}` | 'sign-in.done' | `note.${'sent' | 'removed' | 'delivered'}` }
>

/** Asked only when somebody repeats themselves, of one run's log. */
const TALK: Statement = {
  name: 'log-talk',
  text: `select body from run_events where run_id = $1 and org_id = $2 and type = any($3) and body ->> 'id' = $4
    order by seq limit 1`,
}

/** The first event of these types about this question or note. */
export async function findTalk<T extends Talk['type']>(
  q: Queryable,
  input: { orgId: OrgId; runId: RunId; id: string; types: readonly T[] },
): Promise<Extract<Talk, { type: T }> | undefined> {
  const row = await q.row<{ body: Extract<Talk, { type: T }> }>(TALK, [input.runId, input.orgId, input.types, input.id])
  return row?.body
}

const TALK_SINCE: Statement = {
  name: 'log-talk-since',
  text: `select seq, body from run_events where run_id = $1 and org_id = $2 and seq > $3 and type = any($4) order by seq`,
}

/** What persons said since, oldest first: their answers, their notes, and what they left unanswered. */
export function readTalk(
  q: Queryable,
  { orgId, runId, after }: { orgId: OrgId; runId: RunId; after: number },
): Promise<readonly { readonly seq: number; readonly body: SaidByPersons }[]> {
  return q.rows(TALK_SINCE, [runId, orgId, after, SAID_BY_PERSONS])
}

const SAID_BY_PERSONS = ['question.answered', 'question.expired', 'note.sent', 'note.removed'] as const
type SaidByPersons = Extract<RunEventBody, { type: (typeof SAID_BY_PERSONS)[number] }>

const END: Statement = {
  name: 'log-end',
  text: `select is_gone as "isGone", seq, events_until is null as "isForgotten" from runs where id = $1 and org_id = $2`,
}

/** How far the log goes, and whether it can still grow. */
export function readLogEnd(
  q: Queryable,
  input: { orgId: OrgId; runId: RunId },
): Promise<{ isGone: boolean; seq: number; isForgotten: boolean } | undefined> {
  return q.row(END, [input.runId, input.orgId])
}
