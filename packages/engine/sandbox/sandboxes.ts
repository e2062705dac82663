import type { OrgId, RunId } from '@errand/contracts'
import {
  addSandbox,
  addWarmSandbox,
  dismissWarm,
  dropSandboxRow,
  findSandbox,
  findSandboxOfRun,
  listPoolRows,
  listSandboxRows,
  listWarmShapes,
  noteWanted,
  notePod,
  type SandboxRow,
  sweepSandboxRows,
  takeWarm,
  type WarmShapeRow,
} from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import type { Claim } from '../run/types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

/** What is known of a sandbox on a cluster. `id` is the name of its Job. */
export type SandboxView = SandboxRow

/** Before its Job is made. Does nothing where the run has one already; `fenced` claims write nothing. */
export async function prepareSandbox(
  { claim, name, shape }: { claim: Claim; name: string; shape: string },
  deps: Deps,
): Promise<Pick<SandboxView, 'id' | 'uid'> | undefined> {
  const isAdded = await addSandbox(deps.db, { ...claim, id: name, shape, now: deps.now() })
  return isAdded ? { id: name, uid: null } : findSandboxOfRun(deps.db, claim.runId)
}

/** A proven sandbox of the pool for this run, if one of its shape is free: its pod hears of it at once. */
export function takeWarmSandbox(
  { claim, shape }: { claim: Claim; shape: string },
  deps: Deps,
): Promise<string | undefined> {
  return takeWarm(deps.db, { ...claim, shape, now: deps.now() })
}

export function readSandboxOfRun(runId: RunId, { db }: Pick<Deps, 'db'>): Promise<SandboxView | undefined> {
  return findSandboxOfRun(db, runId)
}

/** Of every organisation: a controller compares them with what it finds on the cluster. */
export async function listSandboxes({ db }: Pick<Deps, 'db'>): Promise<readonly SandboxView[]> {
  return listSandboxRows(db)
}

/** Of the warm pool: those that are for no run and no server. */
export async function listPool({ db }: Pick<Deps, 'db'>): Promise<readonly SandboxView[]> {
  return listPoolRows(db)
}

/** What the cluster says of a sandbox's pod. Undefined: that was known. */
export async function noteSandboxPod(
  { name, uid, address }: { name: string; uid: string; address: string | null },
  { db }: Pick<Deps, 'db'>,
): Promise<{ readonly isClaimedElsewhere: boolean } | undefined> {
  return notePod(db, { id: name, uid, address })
}

/** A row for one more of the warm pool; false when the pool has `most`. */
export function addToPool(
  { name, orgId, shape, most }: { name: string; orgId: OrgId; shape: string; most: number },
  deps: Deps,
): Promise<boolean> {
  return addWarmSandbox(deps.db, { id: name, orgId, shape, now: deps.now(), most })
}

/** Those that no run has taken meanwhile; their pods are told to end. */
export async function dismissFromPool(names: readonly string[], deps: Deps): Promise<readonly string[]> {
  return names.length === 0 ? [] : dismissWarm(deps.db, { ids: names, now: deps.now() })
}

/** When nothing of it is on the cluster any more. */
export async function dropSandbox(name: string, { db }: Pick<Deps, 'db'>): Promise<void> {
  await dropSandboxRow(db, name)
}

export function readSandbox(name: string, { db }: Pick<Deps, 'db'>): Promise<SandboxView | undefined> {
  return findSandbox(db, name)
}

/** Forgets sandboxes of runs of which nothing is left. */
export async function sweepSandboxes({ db }: Pick<Deps, 'db'>): Promise<void> {
  await sweepSandboxRows(db)
}

/** A shape of sandbox that runs ask for: image, limits, when it was last wanted, and how often one was found warm. */
export type WarmShape = WarmShapeRow

/** How many runs asked for a sandbox of this shape just now, and found one warm or not. */
export type WantedShape = Omit<WarmShape, 'wantedAt'>

export function wantShape(wanted: WantedShape, deps: Deps) {
  return noteWanted(deps.db, { ...wanted, now: deps.now() })
}

export async function listShapes({ db }: Pick<Deps, 'db'>): Promise<readonly WarmShape[]> {
  return listWarmShapes(db)
}
