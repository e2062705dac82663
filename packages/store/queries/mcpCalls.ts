import type { FaultCode, McpCallId, OrgId, RunId, ToolVerdict, UserId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'
import { isStorableText, storable } from '../json.ts'

export interface McpCallOutcome {
  readonly resultBytes: number
  readonly isError: boolean
  readonly ms: number
  readonly code: FaultCode | null
}

export interface NewMcpCall extends McpCallOutcome {
  readonly id: McpCallId
  readonly orgId: OrgId
  readonly at: Date
  readonly runId: RunId | null
  readonly userId: UserId | null
  readonly server: string
  readonly tool: string
  readonly toolUseId: string | null
  readonly arguments: unknown
  readonly verdict: ToolVerdict
  readonly rule: number | null
}

export interface McpCallRow extends Omit<NewMcpCall, 'orgId'> {
  readonly by: string | null
  /** Of its run. */
  readonly title: string | null
}

const COLUMNS = `id, org_id, at, run_id, user_id, server, tool, tool_use_id, arguments, verdict, rule, result_bytes, is_error, ms, code`
/** Rows come as one JSON text: however many they are, it is one parameter. */
const GIVEN = `jsonb_to_recordset($1::jsonb) as g(id text, "orgId" text, at timestamptz, "runId" text, "tokenHash" text, "userId" text,
  server text, tool text, "toolUseId" text, arguments jsonb, verdict text, rule int, "resultBytes" bigint, "isError" boolean, ms int, code text)`
const VALUES = `g.id, g."orgId", g.at, g."runId", g."userId", g.server, g.tool, g."toolUseId", coalesce(g.arguments, 'null'), g.verdict, g.rule`

/**
 * Nobody waits for the disk: what was written outlives the gateway at once and the machine after a moment. When the whole
 * machine ends, its runs have ended too.
 */
const RELAXED = `relaxed as (select set_config('synchronous_commit', 'off', true))`

const ADD: Statement = {
  name: 'mcp-calls-add',
  text: `with ${RELAXED}
    insert into mcp_calls (${COLUMNS}, gateway)
    select ${VALUES}, coalesce(g."resultBytes", 0), coalesce(g."isError", true), coalesce(g.ms, -1),
      case when g.ms is null then 'mcp.cut-off' else g.code end, $2 from ${GIVEN}, relaxed
    on conflict (id) do update set result_bytes = excluded.result_bytes, is_error = excluded.is_error, ms = excluded.ms,
      code = excluded.code where mcp_calls.ms < 0`,
}

/** A call that goes on in a gateway: how it ends is not known yet. */
export type OpenMcpCall = Omit<NewMcpCall, keyof McpCallOutcome>

/**
 * Calls that are done, and calls that go on; each is the JSON of a `NewMcpCall` or an `OpenMcpCall`. One that is there
 * already is only told of its end.
 */
export async function insertMcpCalls(
  q: Queryable,
  { rows, gateway }: { rows: readonly string[]; gateway: string | null },
): Promise<void> {
  const text = `[${rows.join(',')}]`
  await q.affected(ADD, [isStorableText(text) ? text : JSON.stringify(storable(JSON.parse(text))), gateway])
}

/**
 * That a run is over is asked where its call is written: what was remembered of its token counts for nothing here. Each
 * question is asked once for each call, by an index: left to choose, the planner reads all calls there ever were.
 */
const BEGIN: Statement = {
  name: 'mcp-calls-begin',
  text: `with asked as (
      select g.*, live.is is not null as "isLive", sent.id as "sentBefore"
      from ${GIVEN}
      left join lateral (select true as is from run_tokens t join runs r on r.id = t.run_id where t.run_id = g."runId"
        and t.hash = g."tokenHash" and r.status not in ('succeeded', 'failed', 'cancelled') limit 1) live on true
      left join lateral (select c.id from mcp_calls c where c.run_id = g."runId" and c.tool_use_id = g."toolUseId"
        and c.org_id = g."orgId" and c.server = g.server and c.code = any($2) order by c.id limit 1) sent on true),
    ${RELAXED},
    begun as (
      insert into mcp_calls (${COLUMNS}, gateway)
      select ${VALUES}, 0, true, -1, 'mcp.cut-off', $3 from asked g, relaxed where g."isLive" and g."sentBefore" is null)
    select id, "isLive", "sentBefore" from asked where not "isLive" or "sentBefore" is not null`,
}

export interface BegunMcpCall extends Omit<OpenMcpCall, 'runId'> {
  readonly runId: RunId
  /** Of the token that it came with. */
  readonly tokenHash: string
}

/** What is not to be made. */
export interface McpCallBeginning {
  readonly id: McpCallId
  /** The token is its run's, and the run is not over. */
  readonly isLive: boolean
  /** The same call that is there with one of the codes. */
  readonly sentBefore: McpCallId | null
}

/**
 * Rows of calls that are about to be sent; nothing is written of one whose run is over, or that was sent before: those
 * are given.
 */
export function beginMcpCallRows(
  q: Queryable,
  { calls, unless, gateway }: { calls: readonly BegunMcpCall[]; unless: readonly FaultCode[]; gateway: string },
): Promise<McpCallBeginning[]> {
  return q.rows(BEGIN, [asJson(calls), unless, gateway])
}

const END: Statement = {
  name: 'mcp-calls-end',
  text: `with ${RELAXED}
    update mcp_calls c set result_bytes = g."resultBytes", is_error = g."isError", ms = g.ms, code = g.code
    from ${GIVEN}, relaxed where c.id = any($2) and c.id = g.id and c.org_id = g."orgId"`,
}

export interface McpCallEnd extends McpCallOutcome {
  readonly id: McpCallId
  readonly orgId: OrgId
}

export async function endMcpCallRows(q: Queryable, calls: readonly McpCallEnd[]): Promise<void> {
  await q.affected(END, [asJson(calls), calls.map(({ id }) => id)])
}

function asJson(rows: readonly object[]): string {
  const text = JSON.stringify(rows)
  return isStorableText(text) ? text : JSON.stringify(storable(rows))
}

const columns = `c.id, c.at, c.run_id as "runId", c.user_id as "userId", u.name as "by", r.title, c.server, c.tool, c.tool_use_id as "toolUseId",
  c.arguments, c.verdict, c.rule, c.result_bytes as "resultBytes", c.is_error as "isError", greatest(c.ms, 0) as ms, c.code`
const from = 'from mcp_calls c left join users u on u.id = c.user_id left join runs r on r.id = c.run_id'
/** What is under way has no length yet. What never ended is shown when its gateway or its run is there no more. */
const isOver = `(c.ms >= 0 or r.status in ('succeeded', 'failed', 'cancelled')
  or not exists (select 1 from gateways g where g.id = c.gateway and g.seen_at > now() - interval '20 seconds'))`

const BY_SERVER: Statement = {
  name: 'mcp-call-by-server',
  text: `select ${columns} ${from} where c.org_id = $1 and c.server = $2 and ${isOver} and ($3::text is null or c.id < $3 collate "C")
    and ($4::text is null or c.tool = $4) order by c.id desc limit $5`,
}

/** Newest first, before a known one. */
export function listCallsOfServer(
  q: Queryable,
  input: { orgId: OrgId; server: string; before: McpCallId | null; tool: string | null; limit: number },
): Promise<McpCallRow[]> {
  return q.rows(BY_SERVER, [input.orgId, input.server, input.before, input.tool, input.limit])
}

const BY_RUN: Statement = {
  name: 'mcp-call-by-run',
  text: `select ${columns} ${from} where c.org_id = $1 and c.run_id = $2 and ${isOver} order by c.id limit $3`,
}

export function listCallsOfRun(
  q: Queryable,
  input: { orgId: OrgId; runId: RunId; limit: number },
): Promise<McpCallRow[]> {
  return q.rows(BY_RUN, [input.orgId, input.runId, input.limit])
}

export interface McpActivityRow {
  /** Which stretch of time, counted from the first. */
  readonly slot: number
  readonly tool: string
  readonly calls: number
  readonly errors: number
  readonly denied: number
}

const ACTIVITY: Statement = {
  name: 'mcp-call-activity',
  text: `select floor(extract(epoch from at - $4::timestamptz) * 1000 / $5)::int as slot, tool, count(*)::int as calls,
      count(*) filter (where verdict <> 'deny' and ms >= 0 and (is_error or code is not null))::int as errors,
      count(*) filter (where verdict = 'deny')::int as denied
    from mcp_calls where org_id = $1 and server = $2 and id >= $3 collate "C" and at >= $4
    group by slot, tool`,
}

const ACTIVITY_OF_ALL: Statement = {
  name: 'mcp-call-activity-of-all',
  text: `select s.server, d.slot, d.calls, d.errors, d."typicalMs" from unnest($2::text[]) as s(server) cross join lateral (
      select floor(extract(epoch from at - $4::timestamptz) * 1000 / $5)::int as slot, count(*)::int as calls,
        count(*) filter (where verdict <> 'deny' and ms >= 0 and (is_error or code is not null))::int as errors,
        percentile_cont(0.5) within group (order by ms) filter (where ms >= 0 and verdict <> 'deny') as "typicalMs"
      from mcp_calls where org_id = $1 and server = s.server and id >= $3 collate "C" and at >= $4
      group by grouping sets ((floor(extract(epoch from at - $4::timestamptz) * 1000 / $5)::int), ())
    ) d`,
}

export interface McpDayRow {
  readonly server: string
  /** Null: the whole time. */
  readonly slot: number | null
  readonly calls: number
  readonly errors: number
  readonly typicalMs: number | null
}

/** The same for several servers at once, with the length of the call in the middle. */
export function countMcpCallsOfAll(
  q: Queryable,
  input: { orgId: OrgId; servers: readonly string[]; from: McpCallId; since: Date; slotMs: number },
): Promise<McpDayRow[]> {
  return q.rows(ACTIVITY_OF_ALL, [input.orgId, input.servers, input.from, input.since, input.slotMs])
}

/** Calls since `since` by tool and by stretch of `slotMs`. `from` is an id of that moment: the index goes by ids. */
export function countMcpCalls(
  q: Queryable,
  input: { orgId: OrgId; server: string; from: McpCallId; since: Date; slotMs: number },
): Promise<McpActivityRow[]> {
  return q.rows(ACTIVITY, [input.orgId, input.server, input.from, input.since, input.slotMs])
}
