import type { OrgId, RunId, RunStatus } from '@errand/contracts'
import { listLiveRunRows, wakeRunRows } from '@errand/store'
import type { EngineDeps } from '../deps.ts'

export interface LiveRun {
  readonly orgId: OrgId
  readonly runId: RunId
  readonly status: RunStatus
  readonly desired: 'done' | 'cancelled'
}

/** Every run that holds a place, of every organisation: what may have a sandbox. Anything else that has one is an orphan. */
export function listLiveRuns(deps: Pick<EngineDeps, 'db'>): Promise<readonly LiveRun[]> {
  return listLiveRunRows(deps.db)
}

/** Makes runs due, because an executor saw something happen to their sandboxes. Returns those that were not due already. */
export function wakeRuns(runIds: readonly RunId[], deps: Pick<EngineDeps, 'db' | 'now'>): Promise<readonly RunId[]> {
  return runIds.length === 0 ? Promise.resolve([]) : wakeRunRows(deps.db, { runIds, now: deps.now() })
}
