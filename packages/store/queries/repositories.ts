import type { OrgId, RepositoryId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'

export interface RepositoryRow {
  readonly id: RepositoryId
  readonly ref: string
  readonly isLocal: boolean
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

const columns = `id, ref, is_local as "isLocal", created_at as "createdAt", last_used_at as "lastUsedAt"`

const LIST: Statement = {
  name: 'repository-list',
  text: `select ${columns} from repositories where org_id = $1 order by is_local desc, ref limit 1000`,
}

export function listRepositoryRows(q: Queryable, input: { orgId: OrgId }): Promise<RepositoryRow[]> {
  return q.rows(LIST, [input.orgId])
}

const FIND: Statement = {
  name: 'repository-find',
  text: `select ${columns} from repositories where org_id = $1 and ref = $2`,
}

export function findRepository(q: Queryable, input: { orgId: OrgId; ref: string }): Promise<RepositoryRow | undefined> {
  return q.row(FIND, [input.orgId, input.ref])
}

const ADD: Statement = {
  name: 'repository-add',
  text: `insert into repositories (id, org_id, ref, is_local, created_at) values ($1, $2, $3, $4, $5)
    on conflict (org_id, ref) do nothing returning ${columns}`,
}

/** Undefined when there is one of this name. */
export function insertRepository(
  q: Queryable,
  input: { id: RepositoryId; orgId: OrgId; ref: string; isLocal: boolean; now: Date },
): Promise<RepositoryRow | undefined> {
  return q.row(ADD, [input.id, input.orgId, input.ref, input.isLocal, input.now])
}

const USED: Statement = {
  name: 'repository-used',
  text: `
    with used as (
      update repositories set last_used_at = $4 where org_id = $2 and ref = $3 returning 1
    )
    insert into repositories (id, org_id, ref, is_local, created_at, last_used_at)
    select $1, $2, $3, false, $4, $4 where not exists (select 1 from used) and $3 not like 'local/%'
    on conflict (org_id, ref) do update set last_used_at = excluded.last_used_at`,
}

/** Notes the use; a remote one that is not known yet is remembered. A local one that was removed stays so. */
export async function noteRepositoryUse(
  q: Queryable,
  input: { id: RepositoryId; orgId: OrgId; ref: string; now: Date },
): Promise<void> {
  await q.affected(USED, [input.id, input.orgId, input.ref, input.now])
}

const DELETE: Statement = {
  name: 'repository-delete',
  text: 'delete from repositories where org_id = $1 and ref = $2',
}

export async function deleteRepository(q: Queryable, input: { orgId: OrgId; ref: string }): Promise<boolean> {
  return (await q.affected(DELETE, [input.orgId, input.ref])) === 1
}
