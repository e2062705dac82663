import type {
  HostedRecipe,
  InstalledBundle,
  InstanceFailure,
  InstanceId,
  InstanceState,
  OrgId,
} from '@errand/contracts'
import { CHANNELS } from '../channels.ts'
import type { Queryable, Statement } from '../database.ts'
import { storable } from '../json.ts'

export interface InstanceRow {
  readonly id: InstanceId
  readonly orgId: OrgId
  readonly server: string
  readonly version: number
  readonly recipe: HostedRecipe
  readonly wantedAt: Date
  readonly stopAt: Date | null
  readonly state: InstanceState
  readonly tokenHash: string | null
  readonly address: string | null
  readonly bundle: string | null
  readonly startedAt: Date | null
  readonly starts: number
  readonly crashes: number
  readonly memoryMib: number
  readonly sessions: number
  readonly failures: number
  readonly nextAt: Date | null
  readonly failure: InstanceFailure | null
  readonly changedAt: Date
}

const columns = `id, org_id as "orgId", server, version, recipe, wanted_at as "wantedAt", stop_at as "stopAt", state,
  token_hash as "tokenHash", address, bundle, started_at as "startedAt", starts, crashes, memory_mib as "memoryMib",
  sessions, failures, next_at as "nextAt", failure, changed_at as "changedAt"`

const WANT: Statement = {
  name: 'mcp-instance-want',
  text: `with wanted as (
      insert into mcp_instances (id, org_id, server, version, recipe, wanted_at, state, starts, crashes, memory_mib,
        sessions, failures, changed_at)
      values ($1, $2, $3, $4, $5, $6, 'waiting', 0, 0, 0, 0, 0, $6)
      on conflict (org_id, server, version) do update set wanted_at = excluded.wanted_at
      returning ${columns})
    select wanted.*, pg_notify('${CHANNELS.instanceWake}', wanted.id)::text as told from wanted`,
}

/** Somebody wants to use it: makes its row where there is none, and wakes the controller. */
export async function wantInstanceRow(
  q: Queryable,
  wanted: Pick<InstanceRow, 'id' | 'orgId' | 'server' | 'version' | 'recipe'> & { readonly now: Date },
): Promise<InstanceRow> {
  const { id, orgId, server, version, recipe, now } = wanted
  const values = [id, orgId, server, version, JSON.stringify(storable(recipe)), now]
  const row = await q.row<InstanceRow>(WANT, values)
  if (row === undefined) throw new Error('an upsert gave no row')
  return row
}

const FIND: Statement = {
  name: 'mcp-instance-find',
  text: `select ${columns} from mcp_instances where org_id = $1 and server = $2 and version = $3`,
}

export function findInstance(
  q: Queryable,
  { orgId, server, version }: Pick<InstanceRow, 'orgId' | 'server' | 'version'>,
): Promise<InstanceRow | undefined> {
  return q.row(FIND, [orgId, server, version])
}

const OF_SERVER: Statement = {
  name: 'mcp-instances-of-server',
  text: `select ${columns} from mcp_instances where org_id = $1 and server = $2 order by version desc limit 20`,
}

export function listInstancesOfServer(
  q: Queryable,
  { orgId, server }: Pick<InstanceRow, 'orgId' | 'server'>,
): Promise<InstanceRow[]> {
  return q.rows(OF_SERVER, [orgId, server])
}

const HOLD: Statement = {
  name: 'mcp-instances-hold',
  text: `update mcp_instances set held_by = $1, held_until = $3
    where (state <> 'stopped' or wanted_at > changed_at)
      and (held_by is not distinct from $1 or held_until is null or held_until < $2)
    returning ${columns}`,
}

/** Of every organisation: those that are at work or should be, and that no other controller looks after meanwhile. */
export function holdLiveInstances(
  q: Queryable,
  { holder, now, until }: { holder: string; now: Date; until: Date },
): Promise<InstanceRow[]> {
  return q.rows(HOLD, [holder, now, until])
}

const HEALTH: Statement = {
  name: 'mcp-instance-health',
  text: `update mcp_instances set address = $3, sessions = $4, memory_mib = $5, crashes = $6,
      failure = coalesce($7, failure)
    where id = $1 and token_hash = $2 and state in ('starting', 'running')`,
}

/** What its bridge says of itself, while this is its token. */
export async function writeInstanceHealth(
  q: Queryable,
  {
    id,
    tokenHash,
    address,
    sessions,
    memoryMib,
    crashes,
    failure,
  }: Pick<InstanceRow, 'id' | 'tokenHash' | 'address' | 'sessions' | 'memoryMib' | 'crashes' | 'failure'>,
): Promise<void> {
  const words = failure === null ? null : JSON.stringify(storable(failure))
  await q.affected(HEALTH, [id, tokenHash, address, sessions, memoryMib, crashes, words])
}

const BY_TOKEN: Statement = {
  name: 'mcp-instance-by-token',
  text: `select ${columns} from mcp_instances where token_hash = $1`,
}

/** The token says whose it is. */
export function findInstanceByToken(q: Queryable, hash: string): Promise<InstanceRow | undefined> {
  return q.row(BY_TOKEN, [hash])
}

export type InstanceSight = Omit<
  InstanceRow,
  'id' | 'orgId' | 'server' | 'version' | 'recipe' | 'wantedAt' | 'stopAt' | 'changedAt'
>

const SEEN: Statement = {
  name: 'mcp-instance-seen',
  text: `update mcp_instances set state = $3, token_hash = $4, address = $5, bundle = $6, started_at = $7, starts = $8,
      crashes = $9, memory_mib = $10, sessions = $11, failures = $12, next_at = $13, failure = $14, changed_at = $15
    where id = $1 and org_id = $2`,
}

export async function writeInstanceSight(
  q: Queryable,
  { id, orgId, sight, now }: { id: InstanceId; orgId: OrgId; sight: InstanceSight; now: Date },
): Promise<void> {
  const { state, tokenHash, address, bundle, startedAt, starts, crashes, memoryMib, sessions, failures, nextAt } = sight
  const failure = sight.failure === null ? null : JSON.stringify(storable(sight.failure))
  const counts = [starts, crashes, memoryMib, sessions, failures]
  await q.affected(SEEN, [id, orgId, state, tokenHash, address, bundle, startedAt, ...counts, nextAt, failure, now])
}

const STOP: Statement = {
  name: 'mcp-instances-stop',
  text: `with stopped as (
      update mcp_instances set stop_at = $3, next_at = null where org_id = $1 and server = $2 returning id)
    select pg_notify('${CHANNELS.instanceWake}', id)::text from stopped`,
}

/** What is at work of a server in any version ends; what is asked for later starts anew, without waiting longer. */
export async function stopInstanceRows(
  q: Queryable,
  { orgId, server, now }: { orgId: OrgId; server: string; now: Date },
): Promise<void> {
  await q.rows(STOP, [orgId, server, now])
}

const CURRENT: Statement = {
  name: 'mcp-instances-current',
  text: `select ${columns} from mcp_instances i where org_id = $1 and exists (
    select 1 from mcp_servers s where s.org_id = i.org_id and s.name = i.server and s.version = i.version) limit 1000`,
}

/** Of the versions that are in use now. */
export function listCurrentInstances(q: Queryable, { orgId }: Pick<InstanceRow, 'orgId'>): Promise<InstanceRow[]> {
  return q.rows(CURRENT, [orgId])
}

const KEEP_LOG: Statement = {
  name: 'mcp-instance-keep-log',
  text: 'update mcp_instances set log = $2 where id = $1 and log <> $2',
}

/** What its process has written so far. */
export async function writeInstanceLog(q: Queryable, { id, log }: { id: InstanceId; log: string }): Promise<void> {
  await q.affected(KEEP_LOG, [id, storable(log)])
}

const TURN_LOG: Statement = {
  name: 'mcp-instance-turn-log',
  text: `update mcp_instances set log_before = log, log = '' where id = $1 and log <> ''`,
}

/** The next process begins; what the last one wrote is kept, until the one after. */
export async function turnInstanceLog(q: Queryable, { id }: { id: InstanceId }): Promise<void> {
  await q.affected(TURN_LOG, [id])
}

const LOG: Statement = {
  name: 'mcp-instance-log',
  text: `select log, log_before as "logBefore" from mcp_instances where org_id = $1 and server = $2 and version = $3`,
}

export function findInstanceLog(
  q: Queryable,
  { orgId, server, version }: Pick<InstanceRow, 'orgId' | 'server' | 'version'>,
): Promise<{ log: string; logBefore: string } | undefined> {
  return q.row(LOG, [orgId, server, version])
}

const FORGET: Statement = {
  name: 'mcp-instances-forget',
  text: `delete from mcp_instances i where state in ('stopped', 'failed', 'waiting') and changed_at < $1 and wanted_at < $1
    and not exists (
      select 1 from mcp_servers s where s.org_id = i.org_id and s.name = i.server and s.version = i.version)
    and not exists (select 1 from sandboxes b where b.instance_id = i.id)`,
}

/** Of every organisation: those of servers and versions that are in use no more, when nobody asked for them since. */
export function forgetInstances(q: Queryable, { before }: { before: Date }): Promise<number> {
  return q.affected(FORGET, [before])
}

const BUNDLES: Statement = {
  name: 'mcp-instances-bundles',
  text: 'select distinct bundle from mcp_instances where bundle is not null',
}

/** The bundles that some instance of some organisation runs from, or would again. */
export async function listUsedBundles(q: Queryable): Promise<readonly string[]> {
  return (await q.rows<{ bundle: string }>(BUNDLES)).map(({ bundle }) => bundle)
}

export interface BundleRow {
  readonly sha256: string
  readonly note: InstalledBundle
}

const KEEP_BUNDLE: Statement = {
  name: 'mcp-bundle-keep',
  text: `insert into mcp_bundles (org_id, package, sha256, size_bytes, note, created_at) values ($1, $2, $3, $4, $5, $6)
    on conflict (org_id, package) do update set sha256 = excluded.sha256, size_bytes = excluded.size_bytes,
      note = excluded.note, created_at = excluded.created_at`,
}

export async function writeBundle(
  q: Queryable,
  row: BundleRow & { readonly orgId: OrgId; readonly package: string; readonly sizeBytes: number; readonly now: Date },
): Promise<void> {
  const { orgId, package: name, sha256, sizeBytes, note, now } = row
  await q.affected(KEEP_BUNDLE, [orgId, name, sha256, sizeBytes, JSON.stringify(storable(note)), now])
}

const BUNDLE: Statement = {
  name: 'mcp-bundle',
  text: `select sha256, note from mcp_bundles where org_id = $1 and package = $2`,
}

export function findBundle(q: Queryable, of: { orgId: OrgId; package: string }): Promise<BundleRow | undefined> {
  return q.row(BUNDLE, [of.orgId, of.package])
}

const SWEEP_BUNDLES: Statement = {
  name: 'mcp-bundles-sweep',
  text: `with swept as (
      delete from mcp_bundles where created_at < $1 and not (sha256 = any($2::text[])) returning sha256)
    select distinct sha256 from swept`,
}

/** Forgets archives that nobody runs from, and gives which. */
export async function sweepBundleRows(
  q: Queryable,
  { before, used }: { before: Date; used: readonly string[] },
): Promise<readonly string[]> {
  return (await q.rows<{ sha256: string }>(SWEEP_BUNDLES, [before, used])).map(({ sha256 }) => sha256)
}
