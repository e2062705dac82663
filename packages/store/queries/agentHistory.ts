import type { AgentId, AgentSpec, OrgId, UserId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'

export interface AgentVersionRow {
  readonly version: number
  readonly spec: AgentSpec
  readonly note: string | null
  readonly isBuiltin: boolean
  readonly createdBy: string
  readonly createdAt: Date
}

const VERSIONS: Statement = {
  name: 'agent-versions',
  text: `select v.version, v.spec, v.note, v.is_builtin as "isBuiltin", u.name as "createdBy", v.created_at as "createdAt"
    from agents a join agent_versions v on v.agent_id = a.id join users u on u.id = v.created_by
    where a.org_id = $1 and a.name = $2 order by v.version desc limit $3`,
}

/** Newest first. */
export function listAgentVersions(
  q: Queryable,
  input: { orgId: OrgId; name: string; limit: number },
): Promise<AgentVersionRow[]> {
  return q.rows(VERSIONS, [input.orgId, input.name, input.limit])
}

const USE: Statement = {
  name: 'agent-use',
  text: `select a.id, r.created_at as "lastUsedAt" from agents a cross join lateral (
      select created_at from runs where org_id = $1 and agent_id = a.id order by id desc limit 1
    ) r where a.org_id = $1 limit 10000`,
}

/** When each agent was last given a task; one that never was is not among them. One look into an index an agent. */
export function listAgentUse(q: Queryable, input: { orgId: OrgId }): Promise<{ id: AgentId; lastUsedAt: Date }[]> {
  return q.rows(USE, [input.orgId])
}

export interface AgentDraftRow {
  readonly name: string
  readonly baseVersion: number
  readonly spec: AgentSpec
  readonly updatedAt: Date
}

const draft = `select name, base_version as "baseVersion", spec, updated_at as "updatedAt" from agent_drafts`
const FIND_DRAFT: Statement = { name: 'agent-draft-find', text: `${draft} where org_id = $1 and name = $2` }
const LIST_DRAFTS: Statement = {
  name: 'agent-draft-list',
  text: `${draft} where org_id = $1 order by name limit 10000`,
}

export function findAgentDraft(
  q: Queryable,
  input: { orgId: OrgId; name: string },
): Promise<AgentDraftRow | undefined> {
  return q.row(FIND_DRAFT, [input.orgId, input.name])
}

export function listAgentDrafts(q: Queryable, input: { orgId: OrgId }): Promise<AgentDraftRow[]> {
  return q.rows(LIST_DRAFTS, [input.orgId])
}

const WRITE_DRAFT: Statement = {
  name: 'agent-draft-write',
  text: `insert into agent_drafts (org_id, name, base_version, spec, updated_by, updated_at) values ($1, $2, $3, $4, $5, $6)
    on conflict (org_id, name) do update set base_version = excluded.base_version, spec = excluded.spec,
      updated_by = excluded.updated_by, updated_at = excluded.updated_at
    where agent_drafts.updated_at <= excluded.updated_at`,
}

/** An older one that arrives late changes nothing. */
export async function writeAgentDraft(
  q: Queryable,
  row: { orgId: OrgId; name: string; baseVersion: number; spec: AgentSpec; updatedBy: UserId; now: Date },
): Promise<void> {
  await q.affected(WRITE_DRAFT, [
    row.orgId,
    row.name,
    row.baseVersion,
    JSON.stringify(row.spec),
    row.updatedBy,
    row.now,
  ])
}

const DROP_DRAFT: Statement = {
  name: 'agent-draft-drop',
  text: 'delete from agent_drafts where org_id = $1 and name = $2',
}

export async function deleteAgentDraft(q: Queryable, input: { orgId: OrgId; name: string }): Promise<void> {
  await q.affected(DROP_DRAFT, [input.orgId, input.name])
}
