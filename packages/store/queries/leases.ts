import type { OrgId, RunId, RunStatus } from '@errand/contracts'
import type { RunState } from '@errand/domain'
import { CHANNELS } from '../channels.ts'
import type { Queryable, Statement } from '../database.ts'
import type { FrozenSpec } from '../rows.ts'

/**
 * Nobody waits for the disk before a lease is taken or given back: one that a machine forgets in its fall is one that has ended.
 * Whatever is done under it is written after it, and so keeps it.
 */
export const RELAXED = `relaxed as (select set_config('synchronous_commit', 'off', true))`

/** These serve every organisation: a controller looks after all of them, and each row says whose it is. */
export interface ClaimedRow {
  readonly orgId: OrgId
  readonly runId: RunId
  readonly leaseToken: string
  readonly leaseUntil: Date
  readonly state: RunState
  readonly runnerSeq: number
  readonly desired: 'done' | 'cancelled'
  readonly deadlineAt: Date
  readonly hasPlace: boolean
  readonly spec: FrozenSpec
  /** When the next is due that was not. */
  readonly nextAt: Date | null
}

/**
 * While a lease holds, `wake_at` is its end: should the owner die, the run is due again by itself. A wake-up in the
 * meantime moves `wake_at` before that, which is how the release knows of it.
 */
const CLAIM: Statement = {
  name: 'lease-claim',
  text: `
    with ${RELAXED}, due as (
      select id from runs where wake_at <= $1 and (lease_until is null or lease_until <= $1)
      order by wake_at limit $2 for no key update skip locked
    )
    update runs r set lease_owner = $3, lease_token = gen_random_uuid(), lease_until = $4, wake_at = $4
    from due, relaxed where r.id = due.id
    returning r.org_id as "orgId", r.id as "runId", r.lease_token as "leaseToken", r.lease_until as "leaseUntil", r.state,
      r.runner_seq as "runnerSeq", r.desired, r.deadline_at as "deadlineAt", r.place_at is not null as "hasPlace", r.spec,
      (select wake_at from runs where wake_at > $1 order by wake_at limit 1) as "nextAt"`,
}

export function claimDueRuns(
  q: Queryable,
  input: { now: Date; limit: number; owner: string; until: Date },
): Promise<ClaimedRow[]> {
  return q.rows(CLAIM, [input.now, input.limit, input.owner, input.until])
}

interface Held {
  readonly orgId: OrgId
  readonly runId: RunId
  readonly leaseToken: string
}

const RENEW: Statement = {
  name: 'lease-renew',
  text: `update runs set lease_until = $4, wake_at = case when wake_at = lease_until then $4 else wake_at end
    where id = $1 and org_id = $2 and lease_token = $3`,
}

export async function extendLease(q: Queryable, { orgId, runId, leaseToken }: Held, until: Date): Promise<boolean> {
  return (await q.affected(RENEW, [runId, orgId, leaseToken, until])) === 1
}

const RELEASE: Statement = {
  name: 'lease-release',
  text: `
    with ${RELAXED}, freed as (
      update runs set lease_owner = null, lease_token = null, lease_until = null,
        wake_at = case when wake_at < lease_until then wake_at else $4 end
      from relaxed where id = $1 and org_id = $2 and lease_token = $3
      returning id, wake_at
    )
    select case when wake_at <= $5 then pg_notify('${CHANNELS.runWake}', id) end from freed`,
}

/** False when another holds the run. A wake-up that came while it was held stands, whatever `lookAgainAt` says. */
export async function endLease(
  q: Queryable,
  { orgId, runId, leaseToken }: Held,
  { lookAgainAt, now }: { lookAgainAt: Date | null; now: Date },
): Promise<boolean> {
  return (await q.row(RELEASE, [runId, orgId, leaseToken, lookAgainAt, now])) !== undefined
}

const WAKE: Statement = {
  name: 'lease-wake',
  text: `
    with woken as (
      update runs set wake_at = $2 where id = any($1::text[]) and not is_gone and (wake_at is null or wake_at > $2) returning id
    )
    select id, case when $3 then pg_notify('${CHANNELS.runWake}', id) end from woken`,
}

/** Makes runs due, then at the latest. Gives those that were not due already. `isTold`: to every controller. */
export async function makeDue(
  q: Queryable,
  input: { runIds: readonly RunId[]; at: Date; isTold: boolean },
): Promise<RunId[]> {
  return (await q.rows<{ id: RunId }>(WAKE, [input.runIds, input.at, input.isTold])).map(({ id }) => id)
}

export interface LiveRow {
  readonly orgId: OrgId
  readonly runId: RunId
  readonly status: RunStatus
  readonly desired: 'done' | 'cancelled'
}

const liveColumns = `select org_id as "orgId", id as "runId", status, desired from runs`
const LIVE: Statement = {
  name: 'lease-live-runs',
  text: `
    ${liveColumns} where place_at is not null and not is_gone
    union all ${liveColumns} where status = 'queued' and place_at is null and desired = 'done'`,
}

/** Runs that hold a place, and those that wait for one: read from the two indexes that hold nothing else. */
export function listLiveRows(q: Queryable): Promise<LiveRow[]> {
  return q.rows(LIVE)
}
