import type { AgentId, AgentSpec, OrgId, UserId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'

/** An agent in its newest version. */
export interface AgentRow {
  readonly id: AgentId
  readonly name: string
  readonly version: number
  readonly spec: AgentSpec
  readonly source: string | null
  readonly isBuiltin: boolean
  /** It takes no new runs. */
  readonly disabledAt: Date | null
  /** In the order of first making, credentials among them. */
  readonly place: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

const select = `
  select a.id, a.name, a.version, v.spec, v.source, v.is_builtin as "isBuiltin", a.disabled_at as "disabledAt", a.place, a.created_at as "createdAt",
    a.updated_at as "updatedAt"
  from agents a join agent_versions v on v.agent_id = a.id and v.version = a.version`

const FIND: Statement = { name: 'agent-find', text: `${select} where a.org_id = $1 and a.name = $2` }
const FIND_LOCKED: Statement = { name: 'agent-find-locked', text: `${FIND.text} for no key update of a` }

export function findAgent(
  q: Queryable,
  input: { orgId: OrgId; name: string; isLocked?: boolean },
): Promise<AgentRow | undefined> {
  return q.row(input.isLocked === true ? FIND_LOCKED : FIND, [input.orgId, input.name])
}

const LIST: Statement = { name: 'agent-list', text: `${select} where a.org_id = $1 order by a.place limit 10000` }

/** In the order in which they were first made. */
export function listAgentRows(q: Queryable, input: { orgId: OrgId }): Promise<AgentRow[]> {
  return q.rows(LIST, [input.orgId])
}

export interface NewVersion {
  readonly id: AgentId
  readonly orgId: OrgId
  readonly name: string
  readonly version: number
  readonly spec: AgentSpec
  readonly source: string | null
  /** Why it was made, in its author's words. */
  readonly note?: string | null
  readonly isBuiltin: boolean
  readonly createdBy: UserId
  readonly now: Date
}

const ADD: Statement = {
  name: 'agent-add',
  text: `insert into agents (id, org_id, name, version, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)
    on conflict (org_id, name) do nothing`,
}
const MOVE: Statement = {
  name: 'agent-move',
  text: 'update agents set version = $3, updated_at = $4 where id = $1 and org_id = $2 and version = $3 - 1',
}
const ADD_VERSION: Statement = {
  name: 'agent-version-add',
  text: `insert into agent_versions (org_id, agent_id, version, spec, source, is_builtin, created_by, created_at, note)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
}

/** Version 1 makes the agent. False when somebody else was faster: then nothing may be kept of the transaction. */
export async function insertAgentVersion(q: Queryable, row: NewVersion): Promise<boolean> {
  const moved =
    row.version === 1
      ? await q.affected(ADD, [row.id, row.orgId, row.name, row.version, row.now])
      : await q.affected(MOVE, [row.id, row.orgId, row.version, row.now])
  if (moved !== 1) return false
  await q.affected(ADD_VERSION, [
    row.orgId,
    row.id,
    row.version,
    JSON.stringify(row.spec),
    row.source,
    row.isBuiltin,
    row.createdBy,
    row.now,
    row.note ?? null,
  ])
  return true
}

const RESOURCE: Statement = {
  name: 'agent-source',
  text: 'update agent_versions set source = $4 where org_id = $1 and agent_id = $2 and version = $3',
}

/** Another text of the same specification: a comment, an order of fields. */
export async function setAgentSource(
  q: Queryable,
  input: { orgId: OrgId; id: AgentId; version: number; source: string },
): Promise<void> {
  await q.affected(RESOURCE, [input.orgId, input.id, input.version, input.source])
}

const ENABLE: Statement = {
  name: 'agent-enable',
  text: 'update agents set disabled_at = $3 where org_id = $1 and name = $2',
}

export async function setAgentDisabled(
  q: Queryable,
  input: { orgId: OrgId; name: string; disabledAt: Date | null },
): Promise<boolean> {
  return (await q.affected(ENABLE, [input.orgId, input.name, input.disabledAt])) === 1
}

const DELETE: Statement = {
  name: 'agent-delete',
  text: `
    with versions as (delete from agent_versions where org_id = $1 and agent_id = $2)
    delete from agents where org_id = $1 and id = $2`,
}

/** With all of its versions. Its runs stay: they hold what they need. */
export async function removeAgent(q: Queryable, input: { orgId: OrgId; id: AgentId }): Promise<boolean> {
  return (await q.affected(DELETE, [input.orgId, input.id])) === 1
}
