import type { ArtifactId, ArtifactKind, OrgId, RunId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'

export interface ArtifactRow {
  readonly id: ArtifactId
  readonly runId: RunId
  readonly name: string
  readonly kind: ArtifactKind
  readonly mediaType: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly createdAt: Date
  readonly retainUntil: Date
}

const columns = `id, run_id as "runId", name, kind, media_type as "mediaType", size_bytes as "sizeBytes", sha256,
  created_at as "createdAt", retain_until as "retainUntil"`

const ADD: Statement = {
  name: 'artifact-add',
  text: `insert into artifacts (id, org_id, run_id, name, kind, media_type, size_bytes, sha256, created_at, retain_until)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (run_id, name, sha256) do nothing returning ${columns}`,
}

/** Undefined when the run has the same bytes under the same name already. */
export function insertArtifact(q: Queryable, row: ArtifactRow & { orgId: OrgId }): Promise<ArtifactRow | undefined> {
  return q.row(ADD, [
    row.id,
    row.orgId,
    row.runId,
    row.name,
    row.kind,
    row.mediaType,
    row.sizeBytes,
    row.sha256,
    row.createdAt,
    row.retainUntil,
  ])
}

const SAME: Statement = {
  name: 'artifact-same',
  text: `select ${columns} from artifacts where run_id = $1 and org_id = $2 and name = $3 and sha256 = $4`,
}

export function findSameArtifact(
  q: Queryable,
  input: { orgId: OrgId; runId: RunId; name: string; sha256: string },
): Promise<ArtifactRow | undefined> {
  return q.row(SAME, [input.runId, input.orgId, input.name, input.sha256])
}

const FIND: Statement = {
  name: 'artifact-find',
  text: `select ${columns} from artifacts where id = $1 and org_id = $2 and retain_until > $3`,
}

export function findArtifact(
  q: Queryable,
  input: { orgId: OrgId; id: ArtifactId; now: Date },
): Promise<ArtifactRow | undefined> {
  return q.row(FIND, [input.id, input.orgId, input.now])
}

const LIST: Statement = {
  name: 'artifact-list',
  text: `select ${columns} from artifacts where run_id = $1 and org_id = $2 and retain_until > $3 order by id limit 10000`,
}

/** A run's artifacts in the order in which they came. Their number is limited when they are added. */
export function listArtifactRows(
  q: Queryable,
  input: { orgId: OrgId; runId: RunId; now: Date },
): Promise<ArtifactRow[]> {
  return q.rows(LIST, [input.runId, input.orgId, input.now])
}

const PUT_INPUT: Statement = {
  name: 'input-put',
  text: `insert into inputs (org_id, sha256, size_bytes, created_at, retain_until) values ($1, $2, $3, $4, $5)
    on conflict (org_id, sha256) do update set retain_until = greatest(inputs.retain_until, excluded.retain_until)`,
}

export async function upsertInput(
  q: Queryable,
  input: { orgId: OrgId; sha256: string; sizeBytes: number; now: Date; retainUntil: Date },
): Promise<void> {
  await q.affected(PUT_INPUT, [input.orgId, input.sha256, input.sizeBytes, input.now, input.retainUntil])
}

const KEEP_INPUTS: Statement = {
  name: 'input-keep',
  text: `update inputs set retain_until = greatest(retain_until, $3) where org_id = $1 and sha256 = any($2::text[]) and retain_until > $4
    returning sha256, size_bytes as "sizeBytes"`,
}

/** Keeps these inputs until then, and gives those that are there. */
export function keepInputs(
  q: Queryable,
  input: { orgId: OrgId; sha256s: readonly string[]; now: Date; until: Date },
): Promise<{ sha256: string; sizeBytes: number }[]> {
  return q.rows(KEEP_INPUTS, [input.orgId, input.sha256s, input.until, input.now])
}

const COUNT: Statement = {
  name: 'artifact-count',
  text: `select count(*)::integer as n from (select 1 from artifacts where run_id = $1 and org_id = $2 limit $3) as counted`,
}

/** How many a run has, counted no further than `upTo`. */
export async function countArtifacts(
  q: Queryable,
  input: { orgId: OrgId; runId: RunId; upTo: number },
): Promise<number> {
  return (await q.row<{ n: number }>(COUNT, [input.runId, input.orgId, input.upTo]))?.n ?? 0
}
