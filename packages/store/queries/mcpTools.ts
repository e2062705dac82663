import type { McpServerId, McpTool, OrgId, ToolFlag, UserId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'
import { storable } from '../json.ts'

export interface McpToolRow {
  readonly name: string
  readonly sha256: string
  readonly body: McpTool
  readonly flags: readonly ToolFlag[]
  readonly seenAt: Date
  readonly isGone: boolean
  readonly acceptedSha256: string | null
  readonly acceptedBody: McpTool | null
  readonly acceptedAt: Date | null
  readonly acceptedBy: string | null
}

const LIST: Statement = {
  name: 'mcp-tool-list',
  text: `select t.name, t.sha256, t.body, t.flags, t.seen_at as "seenAt", t.is_gone as "isGone",
      t.accepted_sha256 as "acceptedSha256", t.accepted_body as "acceptedBody", t.accepted_at as "acceptedAt", u.name as "acceptedBy"
    from mcp_tools t left join users u on u.id = t.accepted_by
    where t.org_id = $1 and t.server_id = $2 order by t.name limit 5000`,
}

export function listMcpToolRows(q: Queryable, input: { orgId: OrgId; serverId: McpServerId }): Promise<McpToolRow[]> {
  return q.rows(LIST, [input.orgId, input.serverId])
}

export interface SeenTool {
  readonly name: string
  readonly sha256: string
  readonly body: McpTool
  readonly flags: readonly ToolFlag[]
}

const SEE: Statement = {
  name: 'mcp-tool-see',
  text: `
    with seen as (
      select * from jsonb_to_recordset($3::jsonb) as s (name text, sha256 text, body jsonb, flags jsonb)
    ), gone as (
      update mcp_tools set is_gone = true where $6 and org_id = $1 and server_id = $2 and not is_gone and name not in (select name from seen)
    )
    insert into mcp_tools (org_id, server_id, name, sha256, body, flags, seen_at, accepted_sha256, accepted_body, accepted_at)
    select $1, $2, name, sha256, body, flags, $4,
      case when $5 then sha256 end, case when $5 then body end, case when $5 then $4::timestamptz end
    from seen
    on conflict (server_id, name) do update set sha256 = excluded.sha256, body = excluded.body, flags = excluded.flags,
      seen_at = excluded.seen_at, is_gone = false`,
}

/**
 * Writes tools as they are now. `isWhole`: what is not among them is gone. `isAccepted`: those that were never seen
 * count as accepted.
 */
export async function writeSeenTools(
  q: Queryable,
  input: {
    orgId: OrgId
    serverId: McpServerId
    tools: readonly SeenTool[]
    isWhole: boolean
    isAccepted: boolean
    now: Date
  },
): Promise<void> {
  const tools = JSON.stringify(storable(input.tools))
  await q.affected(SEE, [input.orgId, input.serverId, tools, input.now, input.isAccepted, input.isWhole])
}

const ACCEPT: Statement = {
  name: 'mcp-tool-accept',
  text: `update mcp_tools t set accepted_sha256 = t.sha256, accepted_body = t.body, accepted_at = $4, accepted_by = $5
    from jsonb_to_recordset($3::jsonb) as a (name text, sha256 text)
    where t.org_id = $1 and t.server_id = $2 and t.name = a.name and t.sha256 = a.sha256`,
}

/** Each as it was looked at: one that has changed again meanwhile is not. Returns how many were accepted. */
export function acceptToolRows(
  q: Queryable,
  input: {
    orgId: OrgId
    serverId: McpServerId
    tools: readonly { readonly name: string; readonly sha256: string }[]
    by: UserId
    now: Date
  },
): Promise<number> {
  return q.affected(ACCEPT, [input.orgId, input.serverId, JSON.stringify(input.tools), input.now, input.by])
}
