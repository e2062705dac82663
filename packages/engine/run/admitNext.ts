import type { OrgId } from '@errand/contracts'
import { admissionOrder } from '@errand/domain'
import { findWork, givePlaces, lockRoom } from '@errand/store'
import type { EngineDeps } from '../deps.ts'

type Deps = Pick<EngineDeps, 'db' | 'now' | 'maxLiveRuns'>

/**
 * Gives free places to waiting runs, fair per person, and makes those runs due. A place is held until the run has
 * succeeded, else until its sandbox is gone. Any number of controllers may call it at once. The limit holds per organisation.
 * `withRoom`: where `lookForWork` has found room, which is asked again under a lock.
 */
export async function admitNext(deps: Deps, withRoom?: readonly OrgId[]): Promise<{ admitted: number }> {
  let admitted = 0
  for (const orgId of withRoom ?? (await findWork(deps.db, deps.maxLiveRuns)).orgIds)
    admitted += await admitIn(orgId, deps)
  return { admitted }
}

async function admitIn(orgId: OrgId, deps: Deps): Promise<number> {
  return deps.db.transaction(async (tx) => {
    const { free, liveByUser, waiting } = await lockRoom(tx, { orgId, places: deps.maxLiveRuns })
    if (free === 0) return 0
    const next = admissionOrder(waiting, liveByUser).slice(0, free)
    return givePlaces(tx, { orgId, runIds: next.map(({ runId }) => runId), now: deps.now() })
  })
}
