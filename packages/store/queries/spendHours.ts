import type { OrgId, RunEvent, RunId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'

/** So many rows an hour: whoever meters a call waits only for those of the same eighth. */
const SHARDS = 8

export interface Spent {
  readonly calls: number
  /** Of a model whose price is not known: the sum is then a lower bound. */
  readonly unpricedCalls: number
  readonly costUsd: number
  readonly tokens: number
}

/** What model calls among these events used; null when there was none. */
export function spentIn(events: readonly Pick<RunEvent, 'body'>[]): Spent | null {
  const metered = events.flatMap(({ body }) => (body.type === 'usage.metered' ? [body] : []))
  if (metered.length === 0) return null
  return metered.reduce<Spent>(
    (sum, call) => ({
      calls: sum.calls + 1,
      unpricedCalls: sum.unpricedCalls + (call.costUsd === null ? 1 : 0),
      costUsd: sum.costUsd + (call.costUsd ?? 0),
      tokens: sum.tokens + call.inputTokens + call.outputTokens + call.cacheReadTokens + call.cacheWriteTokens,
    }),
    { calls: 0, unpricedCalls: 0, costUsd: 0, tokens: 0 },
  )
}

/** A part of a statement that has a row `moved (org_id)`: it adds to the hour's sum if there is that row. */
export function addSpent({ firstParameter: p, now }: { firstParameter: number; now: string }): string {
  return `, spent as (
      insert into spend_hours (org_id, hour, shard, calls, unpriced_calls, cost_usd, tokens)
      select org_id, date_trunc('hour', ${now}::timestamptz, 'UTC'), $${p}::smallint, $${p + 1}::integer, $${p + 2}::integer,
        $${p + 3}::double precision, $${p + 4}::bigint
      from moved
      on conflict (org_id, hour, shard) do update set
        calls = spend_hours.calls + excluded.calls, unpriced_calls = spend_hours.unpriced_calls + excluded.unpriced_calls,
        cost_usd = spend_hours.cost_usd + excluded.cost_usd, tokens = spend_hours.tokens + excluded.tokens
    )`
}

export function spentValues(runId: RunId, { calls, unpricedCalls, costUsd, tokens }: Spent): readonly number[] {
  return [runId.charCodeAt(runId.length - 1) % SHARDS, calls, unpricedCalls, costUsd, tokens]
}

export interface SpendDayRow extends Spent {
  /** `2026-03-01`, in the zone that was asked for. */
  readonly day: string
}

const DAYS: Statement = {
  name: 'spend-days',
  text: `select to_char(hour at time zone $3, 'YYYY-MM-DD') as day, sum(calls)::integer as calls,
      sum(unpriced_calls)::integer as "unpricedCalls", sum(cost_usd) as "costUsd", sum(tokens)::double precision as tokens
    from spend_hours where org_id = $1 and hour >= $2 and hour < $4 group by 1 order by 1`,
}

/** From `since` on; the end is named for the planner, which else takes a third of all hours to be meant. Days on which something was used, the oldest first. Reads at most 8 rows an hour, however many runs there were. */
export function listSpendDays(
  q: Queryable,
  input: { orgId: OrgId; since: Date; until: Date; zone: string },
): Promise<SpendDayRow[]> {
  return q.rows(DAYS, [input.orgId, input.since, input.zone, input.until])
}
