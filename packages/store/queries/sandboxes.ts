import type { HostedProgram, InstanceId, OrgId, RunFaultCode, RunId, WallReport } from '@errand/contracts'
import { CHANNELS } from '../channels.ts'
import type { Queryable, Statement } from '../database.ts'
import { storable } from '../json.ts'
import type { WarmSpec } from '../rows.ts'
import { RELAXED } from './leases.ts'
import { GRANT_COLUMNS, type GrantRow } from './runTokens.ts'

export interface SandboxRow {
  readonly id: string
  readonly orgId: OrgId
  readonly shape: string
  readonly runId: RunId | null
  readonly instanceId: InstanceId | null
  readonly uid: string | null
  readonly podAddress: string | null
  readonly wall: WallReport | null
  readonly provenAt: Date | null
  readonly failure: { readonly code: RunFaultCode; readonly detail: string } | null
  readonly createdAt: Date
  readonly takenAt: Date | null
  readonly claimedAt: Date | null
  readonly claimedFrom: string | null
  readonly dismissedAt: Date | null
}

const COLUMNS = `id, org_id as "orgId", shape, run_id as "runId", instance_id as "instanceId", uid, pod_address as "podAddress", wall,
  proven_at as "provenAt", failure, created_at as "createdAt", taken_at as "takenAt", claimed_at as "claimedAt",
  claimed_from as "claimedFrom", dismissed_at as "dismissedAt"`

const ADD: Statement = {
  name: 'sandbox-add',
  text: `
    insert into sandboxes (id, org_id, shape, run_id, created_at, taken_at)
    select $1, $2, $3, id, $5, $5 from runs where id = $4 and org_id = $2 and lease_token = $6
    on conflict do nothing`,
}

/** For a run, while its lease holds. False where the run has one, or somebody else. */
export async function addSandbox(
  q: Queryable,
  input: { id: string; orgId: OrgId; shape: string; runId: RunId; now: Date; leaseToken: string },
): Promise<boolean> {
  return (await q.affected(ADD, [input.id, input.orgId, input.shape, input.runId, input.now, input.leaseToken])) === 1
}

const ADD_WARM: Statement = {
  name: 'sandbox-add-warm',
  text: `
    insert into sandboxes (id, org_id, shape, created_at)
    select $1, $2, $3, $4 where (
      select count(*) from sandboxes where org_id = $2 and shape = $3 and run_id is null and instance_id is null and dismissed_at is null) < $5`,
}

/** One more for the warm pool, unless it has `most`. Several replicas may overshoot by one each. */
export async function addWarmSandbox(
  q: Queryable,
  input: { id: string; orgId: OrgId; shape: string; now: Date; most: number },
): Promise<boolean> {
  return (await q.affected(ADD_WARM, [input.id, input.orgId, input.shape, input.now, input.most])) === 1
}

const TAKE: Statement = {
  name: 'sandbox-take',
  text: `
    with ${RELAXED}, free as (
      select id from sandboxes
      where org_id = $1 and shape = $3 and run_id is null and instance_id is null and proven_at is not null
        and dismissed_at is null
        and failure is null
      order by proven_at limit 1 for no key update skip locked
    ), held as (
      select id from runs where id = $2 and org_id = $1 and lease_token = $5
        and not exists (select 1 from sandboxes where run_id = $2)
    )
    update sandboxes s set run_id = $2, taken_at = $4 from free, held, relaxed where s.id = free.id
    returning s.id, pg_notify('${CHANNELS.sandboxWake}', s.id)`,
}

/** Gives a proven sandbox of the pool to a run, the oldest first; undefined when none is free. */
export async function takeWarm(
  q: Queryable,
  input: { orgId: OrgId; runId: RunId; shape: string; now: Date; leaseToken: string },
): Promise<string | undefined> {
  const { orgId, runId, shape, now, leaseToken } = input
  return (await q.row<{ id: string }>(TAKE, [orgId, runId, shape, now, leaseToken]))?.id
}

const OF_RUN: Statement = { name: 'sandbox-of-run', text: `select ${COLUMNS} from sandboxes where run_id = $1` }

export function findSandboxOfRun(q: Queryable, runId: RunId): Promise<SandboxRow | undefined> {
  return q.row(OF_RUN, [runId])
}

const ADD_FOR_INSTANCE: Statement = {
  name: 'sandbox-add-for-instance',
  text: `
    insert into sandboxes (id, org_id, shape, instance_id, program, created_at)
    values ($1, $2, 'mcp', $3, $4, $5) on conflict do nothing`,
}

/** For a hosted server, which has one at a time. False where it has one. */
export async function addInstanceSandbox(
  q: Queryable,
  input: { id: string; orgId: OrgId; instanceId: InstanceId; program: HostedProgram; now: Date },
): Promise<boolean> {
  const { id, orgId, instanceId, program, now } = input
  return (await q.affected(ADD_FOR_INSTANCE, [id, orgId, instanceId, JSON.stringify(storable(program)), now])) === 1
}

const OF_INSTANCE: Statement = {
  name: 'sandbox-of-instance',
  text: `select ${COLUMNS} from sandboxes where instance_id = $1`,
}

export function findSandboxOfInstance(q: Queryable, instanceId: InstanceId): Promise<SandboxRow | undefined> {
  return q.row(OF_INSTANCE, [instanceId])
}

const CLAIM_FOR_INSTANCE: Statement = {
  name: 'sandbox-claim-for-instance',
  text: `
    with claimed as (
      update sandboxes s set claimed_at = $4, claimed_from = $3 from mcp_instances i
      where s.id = $1 and s.uid = $2 and s.dismissed_at is null and s.failure is null and s.proven_at is not null
        and (s.claimed_at is null or (s.claimed_from = $3 and i.address is null)) and i.id = s.instance_id
      returning s.instance_id, s.program
    )
    update mcp_instances i set token_hash = $5 from claimed c where i.id = c.instance_id
    returning c.program`,
}

/** The same as for a run, and what to run; again to the same address while its bridge does not answer yet. */
export async function claimInstanceToken(
  q: Queryable,
  input: { id: string; uid: string; address: string; now: Date; hash: string },
): Promise<HostedProgram | undefined> {
  const { id, uid, address, now, hash } = input
  const values = [id, uid, address, now, hash]
  return (await q.row<{ program: HostedProgram }>(CLAIM_FOR_INSTANCE, values))?.program
}

const ONE: Statement = { name: 'sandbox-one', text: `select ${COLUMNS} from sandboxes where id = $1` }

export function findSandbox(q: Queryable, id: string): Promise<SandboxRow | undefined> {
  return q.row(ONE, [id])
}

const ALL: Statement = { name: 'sandbox-all', text: `select ${COLUMNS} from sandboxes order by id` }

/** As many as there are sandboxes on the cluster at this moment. */
export function listSandboxRows(q: Queryable): Promise<SandboxRow[]> {
  return q.rows(ALL)
}

const OF_POOL: Statement = {
  name: 'sandbox-of-pool',
  text: `select ${COLUMNS} from sandboxes where run_id is null and instance_id is null order by id`,
}

/** As many as the warm pool has, whatever else there is. */
export function listPoolRows(q: Queryable): Promise<SandboxRow[]> {
  return q.rows(OF_POOL)
}

const NOTE_POD: Statement = {
  name: 'sandbox-note-pod',
  text: `
    update sandboxes set uid = coalesce(uid, $2), pod_address = coalesce($3, pod_address)
    where id = $1 and (uid is null or (uid = $2 and pod_address is distinct from coalesce($3, pod_address)))
    returning coalesce(claimed_from <> pod_address, false) as "isClaimedElsewhere",
      case when claimed_at is null then pg_notify('${CHANNELS.sandboxWake}', id) end`,
}

/** What the cluster says of its pod. Undefined: that was known. The first uid stands: a Job has one pod. */
export function notePod(
  q: Queryable,
  input: { id: string; uid: string; address: string | null },
): Promise<{ isClaimedElsewhere: boolean } | undefined> {
  return q.row(NOTE_POD, [input.id, input.uid, input.address])
}

const NOTE_WALL: Statement = {
  name: 'sandbox-note-wall',
  text: `update sandboxes set wall = $3, proven_at = $4 where id = $1 and uid = $2 and proven_at is null and failure is null`,
}

export async function noteWall(
  q: Queryable,
  input: { id: string; uid: string; wall: WallReport; now: Date },
): Promise<void> {
  await q.affected(NOTE_WALL, [input.id, input.uid, JSON.stringify(input.wall), input.now])
}

const CLAIM: Statement = {
  name: 'sandbox-claim',
  text: `
    with claimed as (
      update sandboxes s set claimed_at = $4, claimed_from = $3, wall = coalesce(s.wall, $6),
        proven_at = coalesce(s.proven_at, $4)
      from runs r
      where s.id = $1 and s.uid = $2 and s.dismissed_at is null and s.failure is null
        and (s.claimed_at is null or (s.claimed_from = $3 and r.state ->> 'runnerStartedAt' is null))
        and r.id = s.run_id and r.status not in ('succeeded', 'failed', 'cancelled')
      returning s.run_id, s.org_id, coalesce(s.pod_address <> $3, false) as is_elsewhere
    ), t as (
      insert into run_tokens (run_id, org_id, hash, address, created_at)
      select run_id, org_id, $5, $3, $4 from claimed
      on conflict (run_id) do update set hash = excluded.hash, address = excluded.address, created_at = excluded.created_at
      returning run_id, address
    ), doubted as (
      update runs r set wake_at = $7 from claimed c
      where r.id = c.run_id and c.is_elsewhere and not r.is_gone and (r.wake_at is null or r.wake_at > $7)
      returning r.id
    )
    select ${GRANT_COLUMNS}, r.prompt, (select pg_notify('${CHANNELS.runWake}', id) from doubted)
    from t join runs r on r.id = t.run_id`,
}

/** What the token of a run opens, and the rest of what its runner is told. */
export interface ClaimedTokenRow extends GrantRow {
  readonly prompt: string
}

/**
 * Hands out the token of its run, once; again to the same address while its runner has not reported. Notes its wall. From another
 * address than the cluster says that its pod has, its run is due at `doubtAt`.
 */
export function claimToken(
  q: Queryable,
  input: { id: string; uid: string; address: string; now: Date; hash: string; wall: WallReport; doubtAt: Date },
): Promise<ClaimedTokenRow | undefined> {
  const { id, uid, address, now, hash, wall, doubtAt } = input
  return q.row(CLAIM, [id, uid, address, now, hash, JSON.stringify(wall), doubtAt])
}

const FAIL: Statement = {
  name: 'sandbox-fail',
  text: `
    update sandboxes set failure = $3 where id = $1 and uid = $2 and claimed_at is null and failure is null
    returning run_id as "runId"`,
}

/** It will never run anything, and why. Undefined: that was known, or it is not known here. */
export function failSandboxRow(
  q: Queryable,
  input: { id: string; uid: string; failure: { code: RunFaultCode; detail: string } },
): Promise<{ runId: RunId | null } | undefined> {
  return q.row(FAIL, [input.id, input.uid, JSON.stringify(input.failure)])
}

const DISMISS: Statement = {
  name: 'sandbox-dismiss',
  text: `
    update sandboxes set dismissed_at = $2 where id = any($1::text[]) and run_id is null and instance_id is null
      and dismissed_at is null
    returning id, pg_notify('${CHANNELS.sandboxWake}', id)`,
}

/** Those of the pool that no run has taken meanwhile are free to be deleted. */
export async function dismissWarm(q: Queryable, input: { ids: readonly string[]; now: Date }): Promise<string[]> {
  return (await q.rows<{ id: string }>(DISMISS, [input.ids, input.now])).map(({ id }) => id)
}

const DROP: Statement = { name: 'sandbox-drop', text: 'delete from sandboxes where id = $1' }

/** When nothing of it is on the cluster any more. */
export async function dropSandboxRow(q: Queryable, id: string): Promise<void> {
  await q.affected(DROP, [id])
}

const SWEEP: Statement = {
  name: 'sandbox-sweep',
  text: 'delete from sandboxes s using runs r where r.id = s.run_id and r.is_gone',
}

/** Rows of runs of which nothing is left: their Job went without us. Gives how many. */
export function sweepSandboxRows(q: Queryable): Promise<number> {
  return q.affected(SWEEP)
}

export interface WarmShapeRow {
  readonly orgId: OrgId
  readonly shape: string
  readonly spec: WarmSpec
  readonly wantedAt: Date
  readonly hits: number
  readonly misses: number
}

const WANTED: Statement = {
  name: 'warm-shape-wanted',
  text: `
    insert into warm_shapes (org_id, shape, spec, wanted_at, hits, misses)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (org_id, shape) do update set wanted_at = excluded.wanted_at,
      hits = warm_shapes.hits + excluded.hits, misses = warm_shapes.misses + excluded.misses`,
}

export async function noteWanted(q: Queryable, input: Omit<WarmShapeRow, 'wantedAt'> & { now: Date }): Promise<void> {
  const { orgId, shape, spec, now, hits, misses } = input
  await q.affected(WANTED, [orgId, shape, JSON.stringify(spec), now, hits, misses])
}

const SHAPES: Statement = {
  name: 'warm-shape-all',
  text: `select org_id as "orgId", shape, spec, wanted_at as "wantedAt", hits, misses from warm_shapes order by wanted_at desc`,
}

export function listWarmShapes(q: Queryable): Promise<WarmShapeRow[]> {
  return q.rows(SHAPES)
}
