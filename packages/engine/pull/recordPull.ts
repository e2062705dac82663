import { type Fault, newId, type OrgId, type PullId, type SystemEvent } from '@errand/contracts'
import { nextLook } from '@errand/domain'
import {
  findPull,
  listPullRows,
  type PullRow,
  takeDuePullRows,
  type Transaction,
  updatePull,
  writePull,
  writePullTrouble,
} from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import { announceEvents, appendLocked } from '../run/appendEvents.ts'
import type { KnownPull, PullAsk, PullSeen } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

/**
 * For the gateway: the host has this pull request for the branch. The row and the line in the run's log are written
 * together, and once, however often it is found again.
 */
export async function recordPull(
  { orgId, ask, forge, seen }: { orgId: OrgId; ask: PullAsk; forge: KnownPull['forge']; seen: PullSeen },
  { db, now }: Deps,
): Promise<{ readonly id: PullId }> {
  const at = now()
  const { runId, repository, branch, by, byName } = ask
  const { number, url, title, base, state, checks } = seen
  const id = await db.transaction(async (tx) => {
    const lookAt = nextLook({ state, checks, changedAt: at }, at)
    await writePull(tx, {
      id: newId('pull', at),
      orgId,
      runId,
      repository,
      forge,
      number,
      url,
      title,
      branch,
      base,
      state,
      checks,
      createdBy: by,
      createdAt: at,
      lookAt,
    })
    const event: SystemEvent = { type: 'pull.opened', repository, number, url, title, branch, base, state, by: byName }
    // A state that changed since is told too; of the two only what is new gets into the log.
    await log(tx, { orgId, runId, events: [event, { type: 'pull.changed', repository, number, state }], now: at })
    const rows = await listPullRows(tx, { orgId, runId })
    return rows.find((row) => row.repository === repository && row.number === number)?.id
  })
  if (id === undefined) throw new Error(`the pull request of ${runId} was written and is not there`)
  announceEvents(runId, { db })
  return { id }
}

/** For the gateway: what it saw at a look. */
export async function recordSight(pull: KnownPull, seen: PullSeen, { db, now }: Deps): Promise<void> {
  const at = now()
  const { orgId, id, runId, repository, number } = pull
  const { state, checks } = seen
  const hasChanged = state !== pull.state || JSON.stringify(checks) !== JSON.stringify(pull.checks)
  const lookAt = nextLook({ state, checks, changedAt: hasChanged ? at : pull.changedAt }, at)
  await db.transaction(async (tx) => {
    const { url, title, base } = seen
    const trouble = seen.trouble === null ? null : troubleOf(seen.trouble)
    await updatePull(tx, { orgId, id, sight: { url, title, base, state, checks, trouble, seenAt: at, lookAt } })
    if (state !== pull.state)
      await log(tx, { orgId, runId, events: [{ type: 'pull.changed', repository, number, state }], now: at })
  })
  if (state !== pull.state) announceEvents(runId, { db })
}

const AFTER_TROUBLE_MS = 10 * 60_000

/** For the gateway: why a look failed. `again`: when the host said that it will answer. */
export async function recordTrouble(
  { orgId, id, state }: Pick<KnownPull, 'orgId' | 'id' | 'state'>,
  { fault, again }: { readonly fault: Fault; readonly again: Date | null },
  { db, now }: Deps,
): Promise<void> {
  const isOpen = state === 'open' || state === 'draft'
  const lookAt = isOpen ? (again ?? new Date(now().getTime() + AFTER_TROUBLE_MS)) : null
  await writePullTrouble(db, { orgId, id, trouble: troubleOf(fault), lookAt })
}

function troubleOf({ code, detail }: Fault): NonNullable<PullRow['trouble']> {
  return { code, detail: detail ?? null }
}

export async function readKnownPull(
  { orgId, id }: { orgId: OrgId; id: PullId },
  { db }: Pick<Deps, 'db'>,
): Promise<KnownPull | null> {
  return (await findPull(db, { orgId, id })) ?? null
}

const LOOK_LEASE_MS = 5 * 60_000

/** For the gateway: those whose time has come, each given out once; again later if no look is recorded. */
export async function takeDuePulls({ limit }: { limit: number }, { db, now }: Deps): Promise<readonly KnownPull[]> {
  const at = now()
  const until = new Date(at.getTime() + LOOK_LEASE_MS)
  return takeDuePullRows(db, { now: at, until, limit })
}

async function log(
  tx: Transaction,
  { orgId, runId, events, now }: { orgId: OrgId; runId: PullRow['runId']; events: readonly SystemEvent[]; now: Date },
): Promise<void> {
  await appendLocked(tx, { orgId, runId, source: 'system', events }, now)
}
