import type { CredentialId, CredentialSpec, OrgId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'
import type { CredentialTest } from '../rows.ts'

export interface CredentialRow {
  readonly id: CredentialId
  readonly name: string
  readonly spec: CredentialSpec
  readonly source: string | null
  readonly sealed: string | null
  readonly keyId: string | null
  readonly version: number
  readonly place: number
  readonly lastTest: CredentialTest | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const columns = `id, name, spec, source, sealed, key_id as "keyId", version, place, last_test as "lastTest", created_at as "createdAt", updated_at as "updatedAt"`

const FIND: Statement = {
  name: 'credential-find',
  text: `select ${columns} from credentials where org_id = $1 and name = $2`,
}
const FIND_LOCKED: Statement = { name: 'credential-find-locked', text: `${FIND.text} for no key update` }

export function findCredential(
  q: Queryable,
  input: { orgId: OrgId; name: string; isLocked?: boolean },
): Promise<CredentialRow | undefined> {
  return q.row(input.isLocked === true ? FIND_LOCKED : FIND, [input.orgId, input.name])
}

const FIND_BY_HOST: Statement = {
  name: 'credential-by-host',
  text: `select ${columns} from credentials where org_id = $1 and spec ->> 'host' = any($2::text[]) and spec ->> 'type' = 'git'
    order by sealed is null, array_position($2::text[], spec ->> 'host'), id limit 1`,
}

const FIND_BY_ID: Statement = {
  name: 'credential-find-by-id',
  text: `select ${columns} from credentials where org_id = $1 and id = $2`,
}

export function findCredentialById(
  q: Queryable,
  { orgId, id }: { orgId: OrgId; id: CredentialId },
): Promise<CredentialRow | undefined> {
  return q.row(FIND_BY_ID, [orgId, id])
}

/** The first of these patterns that has one; one with a value goes before one without. */
export function findCredentialByHost(
  q: Queryable,
  input: { orgId: OrgId; patterns: readonly string[] },
): Promise<CredentialRow | undefined> {
  return q.row(FIND_BY_HOST, [input.orgId, input.patterns])
}

const LIST: Statement = {
  name: 'credential-list',
  text: `select ${columns} from credentials where org_id = $1 order by place limit 10000`,
}

/** In the order in which they were first made. */
export function listCredentialRows(q: Queryable, input: { orgId: OrgId }): Promise<CredentialRow[]> {
  return q.rows(LIST, [input.orgId])
}

export interface CredentialWrite {
  readonly id: CredentialId
  readonly orgId: OrgId
  readonly name: string
  readonly version: number
  readonly spec: CredentialSpec
  readonly source: string | null
  readonly sealed: string | null
  readonly keyId: string | null
  readonly now: Date
}

const ADD: Statement = {
  name: 'credential-add',
  text: `insert into credentials (id, org_id, name, version, spec, source, sealed, key_id, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) on conflict do nothing`,
}
const CHANGE: Statement = {
  name: 'credential-change',
  text: `update credentials set version = $4, spec = $5, source = $6, sealed = $7, key_id = $8, updated_at = $9
    where id = $1 and org_id = $2 and name = $3 and version = $4 - 1`,
}

/** Version 1 makes it. False when somebody else was faster, or has this id: then nothing was written. */
export async function writeCredential(q: Queryable, row: CredentialWrite): Promise<boolean> {
  const values = [
    row.id,
    row.orgId,
    row.name,
    row.version,
    JSON.stringify(row.spec),
    row.source,
    row.sealed,
    row.keyId,
    row.now,
  ]
  return (await q.affected(row.version === 1 ? ADD : CHANGE, values)) === 1
}

const RESOURCE: Statement = {
  name: 'credential-source',
  text: 'update credentials set source = $3 where id = $1 and org_id = $2',
}

export async function setCredentialSource(
  q: Queryable,
  input: { orgId: OrgId; id: CredentialId; source: string },
): Promise<void> {
  await q.affected(RESOURCE, [input.id, input.orgId, input.source])
}

const DELETE: Statement = { name: 'credential-delete', text: 'delete from credentials where org_id = $1 and name = $2' }

export async function removeCredential(q: Queryable, input: { orgId: OrgId; name: string }): Promise<boolean> {
  return (await q.affected(DELETE, [input.orgId, input.name])) === 1
}

const SEALED_WITH_OTHER: Statement = {
  name: 'credential-sealed-with-other',
  text: `select org_id as "orgId", id, sealed, version from credentials where sealed is not null and key_id is distinct from $1 and id > $2
    order by id limit $3`,
}

/** For key rotation, which goes through every organisation: values that were sealed with another key. */
export function listSealedWithOtherKey(
  q: Queryable,
  input: { keyId: string; after: string; limit: number },
): Promise<{ orgId: OrgId; id: CredentialId; sealed: string; version: number }[]> {
  return q.rows(SEALED_WITH_OTHER, [input.keyId, input.after, input.limit])
}

const RESEAL: Statement = {
  name: 'credential-reseal',
  text: 'update credentials set sealed = $4, key_id = $5 where id = $1 and org_id = $2 and sealed = $3',
}

/** False when the value was changed meanwhile. The version stays: the value is the same. */
export async function resealCredential(
  q: Queryable,
  input: { orgId: OrgId; id: CredentialId; from: string; sealed: string; keyId: string },
): Promise<boolean> {
  return (await q.affected(RESEAL, [input.id, input.orgId, input.from, input.sealed, input.keyId])) === 1
}
