import type { FaultCode, Forge, OrgId, PullCheck, PullId, PullState, RunId, UserId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'
import { storable } from '../json.ts'

export interface PullRow {
  readonly id: PullId
  readonly orgId: OrgId
  readonly runId: RunId
  readonly repository: string
  readonly forge: Forge
  readonly number: number
  readonly url: string
  readonly title: string
  readonly branch: string
  readonly base: string
  readonly state: PullState
  readonly checks: readonly PullCheck[]
  readonly trouble: { readonly code: FaultCode; readonly detail: string | null } | null
  readonly createdBy: UserId
  readonly createdByName: string
  readonly createdAt: Date
  readonly seenAt: Date
  readonly changedAt: Date
}

const columns = `p.id, p.org_id as "orgId", p.run_id as "runId", p.repository, p.forge, p.number, p.url, p.title, p.branch,
  p.base, p.state, p.checks, p.trouble, p.created_by as "createdBy", coalesce(u.name, '') as "createdByName",
  p.created_at as "createdAt", p.seen_at as "seenAt", p.changed_at as "changedAt"`
const named = 'left join users u on u.id = p.created_by'

export type PullSight = Pick<PullRow, 'url' | 'title' | 'base' | 'state' | 'checks' | 'trouble'> & {
  readonly seenAt: Date
  readonly lookAt: Date | null
}

const WRITE: Statement = {
  name: 'pull-write',
  text: `insert into pull_requests (id, org_id, run_id, repository, forge, number, url, title, branch, base, state, checks,
      created_by, created_at, seen_at, changed_at, look_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $14, $15)
    on conflict (org_id, run_id, repository, number) do update set url = excluded.url, title = excluded.title,
      state = excluded.state, seen_at = excluded.seen_at, look_at = excluded.look_at, trouble = null`,
}

/** Once for each pull request of a run; who first had it opened stays. */
export async function writePull(
  q: Queryable,
  pull: Omit<PullRow, 'createdByName' | 'trouble' | 'seenAt' | 'changedAt'> & { readonly lookAt: Date | null },
): Promise<void> {
  const { checks, ...row } = storable(pull)
  await q.affected(WRITE, [
    row.id,
    row.orgId,
    row.runId,
    row.repository,
    row.forge,
    row.number,
    row.url,
    row.title,
    row.branch,
    row.base,
    row.state,
    JSON.stringify(checks),
    row.createdBy,
    pull.createdAt,
    pull.lookAt,
  ])
}

const SEEN: Statement = {
  name: 'pull-seen',
  text: `update pull_requests set url = $3, title = $4, base = $5, state = $6, checks = $7, seen_at = $8, look_at = $9,
      trouble = $10, changed_at = case when state <> $6 or checks <> $7::jsonb then $8 else changed_at end
    where org_id = $1 and id = $2`,
}

export async function updatePull(
  q: Queryable,
  { orgId, id, sight }: { orgId: OrgId; id: PullId; sight: PullSight },
): Promise<void> {
  const { url, title, base, state, checks, trouble } = storable(sight)
  await q.affected(SEEN, [
    orgId,
    id,
    url,
    title,
    base,
    state,
    JSON.stringify(checks),
    sight.seenAt,
    sight.lookAt,
    trouble === null ? null : JSON.stringify(trouble),
  ])
}

const TROUBLED: Statement = {
  name: 'pull-troubled',
  text: 'update pull_requests set trouble = $3, look_at = $4 where org_id = $1 and id = $2',
}

export async function writePullTrouble(
  q: Queryable,
  input: { orgId: OrgId; id: PullId; trouble: NonNullable<PullRow['trouble']>; lookAt: Date | null },
): Promise<void> {
  await q.affected(TROUBLED, [input.orgId, input.id, JSON.stringify(storable(input.trouble)), input.lookAt])
}

const LIST: Statement = {
  name: 'pull-list',
  text: `select ${columns} from pull_requests p ${named} where p.org_id = $1 and p.run_id = $2
    order by p.repository, p.number limit 100`,
}

export function listPullRows(q: Queryable, input: { orgId: OrgId; runId: RunId }): Promise<PullRow[]> {
  return q.rows(LIST, [input.orgId, input.runId])
}

const FIND: Statement = {
  name: 'pull-find',
  text: `select ${columns} from pull_requests p ${named} where p.org_id = $1 and p.id = $2`,
}

export function findPull(q: Queryable, input: { orgId: OrgId; id: PullId }): Promise<PullRow | undefined> {
  return q.row(FIND, [input.orgId, input.id])
}

const TAKE: Statement = {
  name: 'pull-take',
  text: `with due as (
      update pull_requests set look_at = $2 where id in (
        select id from pull_requests where look_at <= $1 order by look_at limit $3 for update skip locked
      ) returning *
    )
    select ${columns} from due p ${named}`,
}

/** For the gateway, which looks for every organisation: each is given out once, and again at `until` if nobody looked. */
export function takeDuePullRows(q: Queryable, input: { now: Date; until: Date; limit: number }): Promise<PullRow[]> {
  return q.rows(TAKE, [input.now, input.until, input.limit])
}
