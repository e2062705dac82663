import { randomBytes } from 'node:crypto'
import { Fault, type HostedRecipe, type InstanceId, newId, type OrgId } from '@errand/contracts'
import {
  findInstance,
  findInstanceLog,
  forgetInstances,
  findInstanceByToken,
  holdLiveInstances,
  type InstanceRow,
  type InstanceSight,
  listInstancesOfServer,
  listUsedBundles,
  stopInstanceRows,
  turnInstanceLog,
  wantInstanceRow,
  writeInstanceLog,
  writeInstanceSight,
} from '@errand/store'
import * as z from 'zod'
import type { Actor, EngineDeps } from '../deps.ts'
import { hashOfToken } from '../run/runToken.ts'
import { requireServer } from './requireServer.ts'
import type { HostedLogLine, HostedLogView } from './types.ts'

const LOG_CHARS = 64 * 1024
const UNUSED_MS = 7 * 86_400_000

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

/** After this another controller may look after what one has held: three looks of it failed to come. */
const HOLD_MS = 6_000

/** For the controller: of every organisation, what is at work or should be, and that `holder` looks after now. */
export function holdInstances(holder: string, { db, now }: Deps): Promise<readonly Instance[]> {
  const at = now()
  return holdLiveInstances(db, { holder, now: at, until: new Date(at.getTime() + HOLD_MS) })
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

/** What runs there was to end, and has not yet: nobody is sent to it any more. */
export function isToEnd({ stopAt, startedAt }: Pick<Instance, 'stopAt' | 'startedAt'>): boolean {
  return stopAt !== null && (startedAt === null || stopAt >= startedAt)
}

/** For the controller: what its process has written so far. */
export async function keepInstanceLog(id: InstanceId, log: string, { db }: Pick<Deps, 'db'>): Promise<void> {
  await writeInstanceLog(db, { id, log: log.slice(-LOG_CHARS) })
}

/** For the controller: another process begins. */
export async function beginInstanceLog(id: InstanceId, { db }: Pick<Deps, 'db'>): Promise<void> {
  await turnInstanceLog(db, { id })
}

/** For the controller: forgets those that nobody will ask for again. Gives the bundles that are still of use. */
export async function forgetUnusedInstances({ db, now }: Deps): Promise<readonly string[]> {
  await forgetInstances(db, { before: new Date(now().getTime() - UNUSED_MS) })
  return listUsedBundles(db)
}

/** What a hosted server wrote to its log, in its version of now. Fault `mcp.unknown`. */
export async function readHostedLog({ orgId }: Actor, name: string, { db }: Pick<Deps, 'db'>): Promise<HostedLogView> {
  const { version } = await requireServer(db, { orgId, name })
  const kept = await findInstanceLog(db, { orgId, server: name, version })
  return { now: linesOf(kept?.log ?? ''), before: linesOf(kept?.logBefore ?? '') }
}

/** Ends what is at work of a hosted server; the next call starts it anew. Fault `mcp.unknown`. */
export async function restartHosted({ orgId }: Actor, name: string, deps: Deps): Promise<void> {
  await requireServer(deps.db, { orgId, name })
  await stopInstances({ orgId, server: name }, deps)
}

const lineSchema = z.object({ time: z.iso.datetime(), op: z.string(), server: z.string().optional(), msg: z.string() })

/** The bridge writes one object a line; whatever else is there is shown as it is. */
function linesOf(log: string): readonly HostedLogLine[] {
  return log.split('\n').flatMap((line) => {
    if (line.trim() === '') return []
    const { time, op, msg } = lineSchema.safeParse(parsed(line)).data ?? { time: null, op: '', msg: line }
    return [{ at: time, isServer: op === 'server.said', words: msg }]
  })
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // Of the launcher, or cut at the front.
    return null
  }
}

/** Ends what is at work of a server, in any version. */
export async function stopInstances(
  of: { readonly orgId: OrgId; readonly server: string },
  { db, now }: Deps,
): Promise<void> {
  await stopInstanceRows(db, { ...of, now: now() })
}
