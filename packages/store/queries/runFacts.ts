import type { OrgId, RunEventBody, RunEventType, RunId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'

interface OfRun {
  readonly orgId: OrgId
  readonly runId: RunId
}

const SOME: Statement = {
  name: 'facts-events',
  text: `select at, body from run_events where run_id = $1 and org_id = $2 and type = any($3::text[]) order by seq limit 1000`,
}

/** A run's first thousand events of these types. */
export function readEventsOfTypes<T extends RunEventType>(
  q: Queryable,
  { runId, orgId }: OfRun,
  types: readonly T[],
): Promise<{ at: Date; body: Extract<RunEventBody, { type: T }> }[]> {
  return q.rows(SOME, [runId, orgId, types])
}

export interface ModelUse {
  readonly model: string
  readonly calls: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly costUsd: number
  readonly unpricedCalls: number
}

const sum = (field: string): string => `sum((body ->> '${field}')::bigint)::double precision as "${field}"`

const MODELS: Statement = {
  name: 'facts-models',
  text: `
    select body ->> 'model' as model, count(*)::integer as calls,
      ${['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens'].map(sum).join(', ')},
      coalesce(sum((body ->> 'costUsd')::double precision), 0) as "costUsd",
      count(*) filter (where body ->> 'costUsd' is null)::integer as "unpricedCalls"
    from run_events where run_id = $1 and org_id = $2 and type = 'usage.metered'
    group by 1 order by "costUsd" desc, 1 limit 100`,
}

export function readModelUse(q: Queryable, { runId, orgId }: OfRun): Promise<ModelUse[]> {
  return q.rows(MODELS, [runId, orgId])
}

export interface HostUse {
  readonly host: string
  readonly port: number
  readonly isBlocked: boolean
  readonly tries: number
  readonly firstAt: Date
  /** The first command that wanted it, where that is known. */
  readonly command: string | null
}

const HOSTS: Statement = {
  name: 'facts-hosts',
  text: `
    select body ->> 'host' as host, (body ->> 'port')::integer as port, type = 'egress.blocked' as "isBlocked",
      count(*)::integer as tries, min(at) as "firstAt",
      (array_agg(body ->> 'command' order by seq) filter (where body ->> 'command' is not null))[1] as command
    from run_events where run_id = $1 and org_id = $2 and type in ('egress.allowed', 'egress.blocked')
    group by 1, 2, 3 order by min(seq) limit 1000`,
}

/** Every host that it reached or wanted, in the order of the first try. */
export function readHostUse(q: Queryable, { runId, orgId }: OfRun): Promise<HostUse[]> {
  return q.rows(HOSTS, [runId, orgId])
}
