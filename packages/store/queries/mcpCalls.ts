import type { FaultCode, McpCallId, OrgId, RunId, ToolVerdict, UserId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'
import { storable } from '../json.ts'

export interface NewMcpCall {
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
  readonly resultBytes: number
  readonly isError: boolean
  readonly ms: number
  readonly code: FaultCode | null
}

export interface McpCallRow extends Omit<NewMcpCall, 'orgId'> {
  readonly by: string | null
  /** Of its run. */
  readonly title: string | null
}

const ADD: Statement = {
  name: 'mcp-call-add',
  text: `insert into mcp_calls (id, org_id, at, run_id, user_id, server, tool, tool_use_id, arguments, verdict, rule, result_bytes,
      is_error, ms, code)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
}

export async function insertMcpCall(q: Queryable, call: NewMcpCall): Promise<void> {
  await q.affected(ADD, valuesOf(call))
}

/**
 * Nobody waits for the disk: what was written outlives the gateway at once and the machine after a moment. When the whole
 * machine ends, its runs have ended too.
 */
const RELAXED = `relaxed as (select set_config('synchronous_commit', 'off', true))`

const BEGIN: Statement = {
  name: 'mcp-call-begin',
  text: `with before as (
      select 1 from mcp_calls where org_id = $2 and run_id = $4 and server = $6 and tool_use_id = $8 and code = any($16)
      limit 1),
    begun as (
      insert into mcp_calls (id, org_id, at, run_id, user_id, server, tool, tool_use_id, arguments, verdict, rule,
        result_bytes, is_error, ms, code)
      select $1, $2, $3::timestamptz, $4, $5, $6, $7, $8, $9::jsonb, $10, $11::int, $12::int, $13::boolean, $14::int, $15
      where not exists (select 1 from before) returning 1),
    ${RELAXED}
    select 1 from begun, relaxed`,
}

/** The same as one that is done, but for its end; false, and nothing written, when the same call is there with one of these codes. */
export async function beginMcpCallRow(q: Queryable, call: NewMcpCall, unless: readonly FaultCode[]): Promise<boolean> {
  return (await q.row(BEGIN, [...valuesOf(call), unless])) !== undefined
}

const END: Statement = {
  name: 'mcp-call-end',
  text: `with ended as (
      select * from unnest($1::text[], $2::text[], $3::int[], $4::boolean[], $5::int[], $6::text[])
        as e(id, org_id, result_bytes, is_error, ms, code)),
    ${RELAXED}
    update mcp_calls c set result_bytes = e.result_bytes, is_error = e.is_error, ms = e.ms, code = e.code
    from ended e, relaxed where c.id = e.id and c.org_id = e.org_id`,
}

export type McpCallEnd = Pick<NewMcpCall, 'id' | 'orgId' | 'resultBytes' | 'isError' | 'ms' | 'code'>

export async function endMcpCallRows(q: Queryable, calls: readonly McpCallEnd[]): Promise<void> {
  await q.affected(END, [
    calls.map(({ id }) => id),
    calls.map(({ orgId }) => orgId),
    calls.map(({ resultBytes }) => resultBytes),
    calls.map(({ isError }) => isError),
    calls.map(({ ms }) => ms),
    calls.map(({ code }) => code),
  ])
}

function valuesOf(call: NewMcpCall): unknown[] {
  const { tool, toolUseId, arguments: given } = storable({ ...call, at: null })
  return [
    call.id,
    call.orgId,
    call.at,
    call.runId,
    call.userId,
    call.server,
    tool,
    toolUseId,
    JSON.stringify(given ?? null),
    call.verdict,
    call.rule,
    call.resultBytes,
    call.isError,
    call.ms,
    call.code,
  ]
}

const columns = `c.id, c.at, c.run_id as "runId", c.user_id as "userId", u.name as "by", r.title, c.server, c.tool, c.tool_use_id as "toolUseId",
  c.arguments, c.verdict, c.rule, c.result_bytes as "resultBytes", c.is_error as "isError", greatest(c.ms, 0) as ms, c.code`
const from = 'from mcp_calls c left join users u on u.id = c.user_id left join runs r on r.id = c.run_id'
/** What is under way has no length yet. What never ended is shown when nobody can wait for it any more: no call lasts longer. */
const isOver = `(c.ms >= 0 or c.at < now() - interval '1 day')`

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

/** Calls since `since` by tool and by stretch of `slotMs`. `from` is an id of that moment: the index goes by ids. */
export function countMcpCalls(
  q: Queryable,
  input: { orgId: OrgId; server: string; from: McpCallId; since: Date; slotMs: number },
): Promise<McpActivityRow[]> {
  return q.rows(ACTIVITY, [input.orgId, input.server, input.from, input.since, input.slotMs])
}
