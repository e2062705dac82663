import type { OrgId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'

/** What one run took, from its admission to its end. */
export interface RunSample {
  readonly ms: number
  /** Null when some call had no known price. */
  readonly costUsd: number | null
}

const TAKEN = `
  select extract(epoch from (state ->> 'endedAt')::timestamptz - (state ->> 'admittedAt')::timestamptz)::double precision * 1000 as ms,
    case when state -> 'usage' ->> 'unpricedCalls' = '0' then cost_usd end as "costUsd"
  from (WALK) walked join runs r on r.id = walked.id
  where r.agent_id = $2 and r.status in ('succeeded', 'failed') and state ->> 'agentStartedAt' is not null
  order by r.id desc limit $4`

/** Of so many newest runs of a kind the ended ones are taken: those that still wait or live are never many. */
const WALK = 200

const OF_REPOSITORY: Statement = {
  name: 'samples-of-repository',
  text: TAKEN.replace(
    'WALK',
    `select run_id as id from run_repositories where org_id = $1 and repository = $3 order by run_id desc limit ${WALK}`,
  ),
}
const OF_AGENT: Statement = {
  name: 'samples-of-agent',
  text: TAKEN.replace(
    'WALK',
    `select id from runs where org_id = $1 and agent_id = $2 and $3::text is null order by id desc limit ${WALK}`,
  ),
}

/** The newest ended runs of an agent, on this repository or (null) on whatever it was. */
export function listSamples(
  q: Queryable,
  input: { orgId: OrgId; agentId: string; repository: string | null; limit: number },
): Promise<RunSample[]> {
  const { orgId, agentId, repository, limit } = input
  return q.rows(repository === null ? OF_AGENT : OF_REPOSITORY, [orgId, agentId, repository, limit])
}

const LAST_CODES: Statement = {
  name: 'repository-last-codes',
  text: `
    select used.repository, ended.code, ended.detail, ended.at from unnest($2::text[]) as used (repository)
    cross join lateral (
      select r.state ->> 'code' as code, r.state ->> 'detail' as detail, r.state ->> 'endedAt' as at
      from (
        select run_id from run_repositories where org_id = $1 and repository = used.repository order by run_id desc limit 20
      ) newest join runs r on r.id = newest.run_id
      where r.status in ('succeeded', 'failed') order by r.id desc limit 1
    ) ended`,
}

/** How the last ended run on each repository ended: the only look at it that anybody had. */
export function listLastCodes(
  q: Queryable,
  input: { orgId: OrgId; repositories: readonly string[] },
): Promise<{ repository: string; code: string | null; detail: string | null; at: string }[]> {
  return q.rows(LAST_CODES, [input.orgId, input.repositories])
}
