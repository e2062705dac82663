import type { McpServerId, McpServerSpec, OrgId, UserId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'
import { storable } from '../json.ts'
import type { McpTestRow } from '../schema/mcp.ts'

/** An MCP server in its newest version. */
export interface McpServerRow {
  readonly id: McpServerId
  readonly name: string
  readonly version: number
  readonly spec: McpServerSpec
  readonly source: string | null
  readonly place: number
  readonly lastTest: McpTestRow | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const select = `
  select s.id, s.name, s.version, v.spec, v.source, s.place, s.last_test as "lastTest", s.created_at as "createdAt",
    s.updated_at as "updatedAt"
  from mcp_servers s join mcp_server_versions v on v.server_id = s.id and v.version = s.version`

const FIND: Statement = { name: 'mcp-server-find', text: `${select} where s.org_id = $1 and s.name = $2` }
const FIND_LOCKED: Statement = { name: 'mcp-server-find-locked', text: `${FIND.text} for no key update of s` }

export function findMcpServer(
  q: Queryable,
  input: { orgId: OrgId; name: string; isLocked?: boolean },
): Promise<McpServerRow | undefined> {
  return q.row(input.isLocked === true ? FIND_LOCKED : FIND, [input.orgId, input.name])
}

const LIST: Statement = {
  name: 'mcp-server-list',
  text: `${select} where s.org_id = $1 order by s.place limit 10000`,
}

/** In the order in which they were first made. */
export function listMcpServerRows(q: Queryable, input: { orgId: OrgId }): Promise<McpServerRow[]> {
  return q.rows(LIST, [input.orgId])
}

export interface McpServerVersionRow {
  readonly version: number
  readonly spec: McpServerSpec
  readonly createdBy: string
  readonly createdAt: Date
}

const VERSIONS: Statement = {
  name: 'mcp-server-versions',
  text: `select v.version, v.spec, coalesce(u.name, '') as "createdBy", v.created_at as "createdAt"
    from mcp_servers s join mcp_server_versions v on v.server_id = s.id left join users u on u.id = v.created_by
    where s.org_id = $1 and s.name = $2 order by v.version desc limit $3`,
}

/** Newest first. */
export function listMcpServerVersions(
  q: Queryable,
  input: { orgId: OrgId; name: string; limit: number },
): Promise<McpServerVersionRow[]> {
  return q.rows(VERSIONS, [input.orgId, input.name, input.limit])
}

export interface NewMcpServerVersion {
  readonly id: McpServerId
  readonly orgId: OrgId
  readonly name: string
  readonly version: number
  readonly spec: McpServerSpec
  readonly source: string | null
  readonly createdBy: UserId
  readonly now: Date
}

const ADD: Statement = {
  name: 'mcp-server-add',
  text: `insert into mcp_servers (id, org_id, name, version, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)
    on conflict (org_id, name) do nothing`,
}
const MOVE: Statement = {
  name: 'mcp-server-move',
  text: 'update mcp_servers set version = $3, updated_at = $4 where id = $1 and org_id = $2 and version = $3 - 1',
}
const ADD_VERSION: Statement = {
  name: 'mcp-server-version-add',
  text: `insert into mcp_server_versions (org_id, server_id, version, spec, source, created_by, created_at)
    values ($1, $2, $3, $4, $5, $6, $7)`,
}

/** Version 1 makes the server. False when somebody else was faster: then nothing may be kept of the transaction. */
export async function insertMcpServerVersion(q: Queryable, row: NewMcpServerVersion): Promise<boolean> {
  const moved =
    row.version === 1
      ? await q.affected(ADD, [row.id, row.orgId, row.name, row.version, row.now])
      : await q.affected(MOVE, [row.id, row.orgId, row.version, row.now])
  if (moved !== 1) return false
  const spec = JSON.stringify(row.spec)
  await q.affected(ADD_VERSION, [row.orgId, row.id, row.version, spec, row.source, row.createdBy, row.now])
  return true
}

const RESOURCE: Statement = {
  name: 'mcp-server-source',
  text: 'update mcp_server_versions set source = $4 where org_id = $1 and server_id = $2 and version = $3',
}

/** Another text of the same specification: a comment, an order of fields. */
export async function setMcpServerSource(
  q: Queryable,
  input: { orgId: OrgId; id: McpServerId; version: number; source: string },
): Promise<void> {
  await q.affected(RESOURCE, [input.orgId, input.id, input.version, input.source])
}

const TESTED: Statement = {
  name: 'mcp-server-tested',
  text: 'update mcp_servers set last_test = $3 where org_id = $1 and id = $2',
}

export async function writeMcpTest(
  q: Queryable,
  input: { orgId: OrgId; id: McpServerId; test: McpTestRow },
): Promise<void> {
  await q.affected(TESTED, [input.orgId, input.id, JSON.stringify(storable(input.test))])
}

const DELETE: Statement = {
  name: 'mcp-server-delete',
  text: `
    with versions as (delete from mcp_server_versions where org_id = $1 and server_id = $2),
      tools as (delete from mcp_tools where org_id = $1 and server_id = $2)
    delete from mcp_servers where org_id = $1 and id = $2`,
}

/** With all of its versions and tools. Runs keep what they need; the records of calls stay. */
export async function removeMcpServerRow(q: Queryable, input: { orgId: OrgId; id: McpServerId }): Promise<boolean> {
  return (await q.affected(DELETE, [input.orgId, input.id])) === 1
}
