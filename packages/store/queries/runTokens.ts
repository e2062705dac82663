import type { OrgId, RunId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'
import type { FrozenSpec } from '../rows.ts'
import type { LogHead } from './runEvents.ts'

const ISSUE: Statement = {
  name: 'run-token-issue',
  text: `
    insert into run_tokens (run_id, org_id, hash, created_at)
    select id, org_id, $4, $5 from runs where id = $1 and org_id = $2 and lease_token = $3
    on conflict (run_id) do update set hash = excluded.hash, created_at = excluded.created_at, address = null`,
}

/** One token a run: a new one replaces the old. False when another holds the run. */
export async function replaceRunToken(
  q: Queryable,
  input: { orgId: OrgId; runId: RunId; leaseToken: string; hash: string; now: Date },
): Promise<boolean> {
  return (await q.affected(ISSUE, [input.runId, input.orgId, input.leaseToken, input.hash, input.now])) === 1
}

export interface GrantRow {
  readonly orgId: OrgId
  readonly runId: RunId
  readonly spec: FrozenSpec
  readonly desired: 'done' | 'cancelled'
  readonly deadlineAt: Date
  readonly isOver: boolean
  readonly isGone: boolean
  readonly seq: number
  readonly spentUsd: number
  readonly isBudgetReached: boolean
  readonly isWaiting: boolean
  readonly talkSeq: number
  readonly waitedMs: number
  /** The address from which alone the token is taken; null on one machine. */
  readonly address: string | null
}

/** Of a run `r` and its token `t`. */
export const GRANT_COLUMNS = `r.org_id as "orgId", r.id as "runId", r.spec, r.desired, r.deadline_at as "deadlineAt",
      r.status in ('succeeded', 'failed', 'cancelled') as "isOver", r.is_gone as "isGone", r.seq,
      coalesce(r.cost_usd, 0) as "spentUsd", coalesce((r.state ->> 'isBudgetReached')::boolean, false) as "isBudgetReached",
      r.status = 'waiting' as "isWaiting", coalesce((r.state ->> 'talkSeq')::int, 0) as "talkSeq",
      coalesce((r.state ->> 'waitedMs')::float8, 0) as "waitedMs", t.address`

/** The token says whose run it is; everything after it names the organisation. */
const GRANT: Statement = {
  name: 'run-token-grant',
  text: `select ${GRANT_COLUMNS} from run_tokens t join runs r on r.id = t.run_id where t.hash = $1`,
}

export function findGrantByToken(q: Queryable, hash: string): Promise<GrantRow | undefined> {
  return q.row(GRANT, [hash])
}

/** What a report of its runner needs: whose it is, and how far the log has come. */
export interface ReportRow extends LogHead {
  readonly orgId: OrgId
  readonly runId: RunId
  readonly isGone: boolean
  readonly address: string | null
}

const REPORT: Statement = {
  name: 'run-token-report',
  text: `
    select r.org_id as "orgId", r.id as "runId", r.is_gone as "isGone", t.address, r.state, r.runner_seq as "runnerSeq",
      r.lease_token as "leaseToken"
    from run_tokens t join runs r on r.id = t.run_id where t.hash = $1`,
}

export function findReportByToken(q: Queryable, hash: string): Promise<ReportRow | undefined> {
  return q.row(REPORT, [hash])
}

const PROMPT: Statement = { name: 'run-prompt', text: 'select prompt from runs where id = $1 and org_id = $2' }

export async function readPrompt(q: Queryable, input: { orgId: OrgId; runId: RunId }): Promise<string | undefined> {
  return (await q.row<{ prompt: string }>(PROMPT, [input.runId, input.orgId]))?.prompt
}

const MARK_HEARD: Statement = {
  name: 'run-token-heard',
  text: 'update run_tokens set heard_at = $3 where run_id = $1 and org_id = $2',
}

/** A sign of life of the run's runner. */
export async function markHeard(q: Queryable, { runId, orgId, now }: { runId: RunId; orgId: OrgId; now: Date }) {
  await q.affected(MARK_HEARD, [runId, orgId, now])
}

const HEARD: Statement = {
  name: 'run-token-when-heard',
  text: `
    select t.heard_at as "heardAt" from runs r left join run_tokens t on t.run_id = r.id
    where r.id = $1 and r.org_id = $2`,
}

/** Undefined: there is no such run. Null in it: nothing was heard of its runner. */
export function findHeard(
  q: Queryable,
  { runId, orgId }: { runId: RunId; orgId: OrgId },
): Promise<{ heardAt: Date | null } | undefined> {
  return q.row(HEARD, [runId, orgId])
}
