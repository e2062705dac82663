import type { OrgId, RunId } from '@errand/contracts'
import { wholeState } from '@errand/domain'
import { claimDueRuns, endLease, extendLease, findWork, listLiveRows, type LiveRow, makeDue } from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import type { Claim, ClaimedRun } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

/**
 * Takes runs that are due, of every organisation, each for one owner at a time. A run whose owner dies is due again
 * when its lease ends. Call `admitNext` before, so that a free place is given first.
 */
export async function claimRuns(
  { owner, leaseMs, limit }: { owner: string; leaseMs: number; limit: number },
  deps: Deps,
): Promise<readonly ClaimedRun[]> {
  const now = deps.now()
  const rows = await claimDueRuns(deps.db, { now, limit, owner, until: new Date(now.getTime() + leaseMs) })
  return rows.map(({ orgId, runId, leaseToken, leaseUntil, state, runnerSeq, desired, spec, nextAt, ...row }) => ({
    orgId,
    runId,
    leaseToken,
    leaseUntil,
    runnerSeq,
    run: { state: wholeState(state), desired, deadlineAt: row.deadlineAt, hasPlace: row.hasPlace },
    agentSpec: spec.agent,
    nextAt,
  }))
}

/**
 * The organisations in which `admitNext` would admit, and when the next run is due or a lease ends; null when nothing will
 * be by itself.
 */
export async function lookForWork(
  deps: Pick<EngineDeps, 'db' | 'maxLiveRuns'>,
): Promise<{ readonly withRoom: readonly OrgId[]; readonly nextWakeAt: Date | null }> {
  const { orgIds, wakeAt } = await findWork(deps.db, deps.maxLiveRuns)
  return { withRoom: orgIds, nextWakeAt: wakeAt }
}

export async function renewLease(
  { claim, leaseMs }: { claim: Claim; leaseMs: number },
  deps: Deps,
): Promise<'ok' | 'fenced'> {
  const until = new Date(deps.now().getTime() + leaseMs)
  return (await extendLease(deps.db, claim, until)) ? 'ok' : 'fenced'
}

/** Gives the run back. A wake-up that came meanwhile stands: then it is due at once, whatever `lookAgainAt` says. */
export async function releaseRun(
  { claim, lookAgainAt }: { claim: Claim; lookAgainAt: Date | null },
  deps: Deps,
): Promise<'ok' | 'fenced'> {
  return (await endLease(deps.db, claim, { lookAgainAt, now: deps.now() })) ? 'ok' : 'fenced'
}

export type LiveRun = LiveRow

/**
 * Runs of every organisation that hold a place (until their sandbox is gone) or wait for one: what a controller
 * compares with what it finds on the machine.
 */
export async function listLiveRuns({ db }: Pick<EngineDeps, 'db'>): Promise<readonly LiveRun[]> {
  return listLiveRows(db)
}

/**
 * Makes runs due now. Gives those for which that was news: the others were due anyway. Every controller is told, unless
 * the caller is one and looks `itself`.
 */
export async function wakeRuns(
  runIds: readonly RunId[],
  { db, now }: Deps,
  { by = 'anybody' }: { readonly by?: 'anybody' | 'itself' } = {},
): Promise<readonly RunId[]> {
  return runIds.length === 0 ? [] : makeDue(db, { runIds, at: now(), isTold: by === 'anybody' })
}
