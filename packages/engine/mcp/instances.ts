import { randomBytes } from 'node:crypto'
import { Fault, type HostedRecipe, newId, type OrgId } from '@errand/contracts'
import {
  findInstance,
  findInstanceByToken,
  type InstanceRow,
  type InstanceSight,
  listInstancesOfServer,
  listLiveInstances as listLiveRows,
  stopInstanceRows,
  wantInstanceRow,
  writeInstanceSight,
} from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import { hashOfToken } from '../run/runToken.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

/** A hosted server at work. */
export type Instance = InstanceRow
export type { InstanceSight } from '@errand/store'

export interface InstanceKey {
  readonly orgId: OrgId
  readonly server: string
  readonly version: number
}

/** Somebody is about to use it: the controller starts it when it is not there. */
export function wantInstance(
  key: InstanceKey & { readonly recipe: HostedRecipe },
  { db, now }: Deps,
): Promise<Instance> {
  const at = now()
  return wantInstanceRow(db, { ...key, id: newId('instance', at), now: at })
}

export function readInstance(key: InstanceKey, { db }: Pick<Deps, 'db'>): Promise<Instance | undefined> {
  return findInstance(db, key)
}

/** Newest version first. */
export function listInstances(
  of: { readonly orgId: OrgId; readonly server: string },
  { db }: Pick<Deps, 'db'>,
): Promise<readonly Instance[]> {
  return listInstancesOfServer(db, of)
}

/** For the controller: of every organisation, what is at work or should be. */
export function listLiveInstances({ db }: Pick<Deps, 'db'>): Promise<readonly Instance[]> {
  return listLiveRows(db)
}

/** For the controller: how it stands now. */
export async function noteInstance(
  instance: Pick<Instance, 'id' | 'orgId'>,
  sight: InstanceSight,
  { db, now }: Deps,
): Promise<void> {
  await writeInstanceSight(db, { id: instance.id, orgId: instance.orgId, sight, now: now() })
}

/** What runs in an instance's sandbox may say who it is with this, until the next one does. */
export function newInstanceToken(): { readonly token: string; readonly hash: string } {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashOfToken(token) }
}

/** For the gateway. Fault `token.invalid`. */
export async function authenticateInstance(token: string, { db }: Pick<Deps, 'db'>): Promise<Instance> {
  const row = /^[A-Za-z0-9_-]{43}$/.test(token) ? await findInstanceByToken(db, hashOfToken(token)) : undefined
  if (row === undefined) throw new Fault('token.invalid')
  return row
}

/** Ends what is at work of a server, in any version. */
export async function stopInstances(
  of: { readonly orgId: OrgId; readonly server: string },
  { db, now }: Deps,
): Promise<void> {
  await stopInstanceRows(db, { ...of, now: now() })
}
