import type { OrgId, RunId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'

/** Forgetting goes through every organisation, oldest first, a bounded number of rows at a time. */
const OVERDUE: Statement = {
  name: 'retention-overdue-runs',
  text: `select org_id as "orgId", id as "runId" from runs where events_until <= $1 and is_gone order by events_until limit $2`,
}

export function listRunsToForget(
  q: Queryable,
  input: { now: Date; limit: number },
): Promise<{ orgId: OrgId; runId: RunId }[]> {
  return q.rows(OVERDUE, [input.now, input.limit])
}

const EVENTS: Statement = {
  name: 'retention-events',
  text: `delete from run_events where run_id = $1 and org_id = $2 and seq in (
    select seq from run_events where run_id = $1 order by seq limit $3)`,
}

/** How many were deleted: fewer than `limit` means that none is left. */
export function deleteOldestEvents(
  q: Queryable,
  input: { orgId: OrgId; runId: RunId; limit: number },
): Promise<number> {
  return q.affected(EVENTS, [input.runId, input.orgId, input.limit])
}

const FORGOTTEN: Statement = {
  name: 'retention-forgotten',
  text: `with dead as (delete from run_tokens where run_id = $1 and org_id = $2),
    calls as (delete from mcp_calls where run_id = $1 and org_id = $2)
    update runs set events_until = null where id = $1 and org_id = $2`,
}

/** With its events go the records of its MCP calls, and the hash of its token, which opened nothing since it was over. */
export async function noteEventsForgotten(q: Queryable, input: { orgId: OrgId; runId: RunId }): Promise<void> {
  await q.affected(FORGOTTEN, [input.runId, input.orgId])
}

type Kept = 'artifacts' | 'inputs'
const perTable = (table: Kept) => ({
  expired: {
    name: `retention-expired-${table}`,
    text: `select distinct sha256 from (
      select sha256 from ${table} where retain_until <= $1 order by retain_until limit $2) oldest`,
  },
  remove: {
    name: `retention-remove-${table}`,
    text: `delete from ${table} where sha256 = any($2::text[]) and retain_until <= $1`,
  },
})
const TABLES: Record<Kept, { expired: Statement; remove: Statement }> = {
  artifacts: perTable('artifacts'),
  inputs: perTable('inputs'),
}

/** Bytes that an expired row names. */
export async function listExpiredBlobs(
  q: Queryable,
  table: Kept,
  input: { now: Date; limit: number },
): Promise<string[]> {
  const rows = await q.rows<{ sha256: string }>(TABLES[table].expired, [input.now, input.limit])
  return rows.map(({ sha256 }) => sha256)
}

export function deleteExpiredRows(
  q: Queryable,
  table: Kept,
  input: { now: Date; sha256s: readonly string[] },
): Promise<number> {
  return q.affected(TABLES[table].remove, [input.now, input.sha256s])
}

const NAMED: Statement = {
  name: 'retention-named',
  text: `select sha256 from unnest($1::text[]) as s (sha256) where
    exists (select 1 from artifacts a where a.sha256 = s.sha256 and a.retain_until > $2) or
    exists (select 1 from inputs i where i.sha256 = s.sha256 and i.retain_until > $2)`,
}

/** Which of these bytes some row still needs: the same bytes are kept once, whoever brought them. */
export async function listNeededBlobs(
  q: Queryable,
  input: { sha256s: readonly string[]; now: Date },
): Promise<Set<string>> {
  const rows = await q.rows<{ sha256: string }>(NAMED, [input.sha256s, input.now])
  return new Set(rows.map(({ sha256 }) => sha256))
}

const REQUESTS: Statement = {
  name: 'retention-requests',
  text: `delete from gateway_requests where id in (select id from gateway_requests where expires_at <= $1 order by expires_at limit $2)`,
}

export function deleteExpiredRequests(q: Queryable, input: { now: Date; limit: number }): Promise<number> {
  return q.affected(REQUESTS, [input.now, input.limit])
}

const CALLS_BY_HAND: Statement = {
  name: 'retention-calls-by-hand',
  text: `delete from mcp_calls c where run_id is null and at <= $1::timestamptz - interval '1 day'
    and at <= $1::timestamptz - make_interval(days => coalesce(
      (select (s.body -> 'retentionDays' ->> 'events')::int from settings s where s.org_id = c.org_id), $2))`,
}

/** Calls of MCP tools that belong to no run; kept as long as the events of a run. */
export function deleteCallsByHand(q: Queryable, { now, days }: { now: Date; days: number }): Promise<number> {
  return q.affected(CALLS_BY_HAND, [now, days])
}
