import { Fault, type RunId } from '@errand/contracts'
import { isTerminal } from '@errand/domain'
import { findRun, setDesiredCancelled } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { appendEvents } from './appendEvents.ts'

/** Says that the run shall stop; asking again is fine. Faults `run.unknown`, and `run.over` when it is. */
export async function cancelRun(actor: Actor, runId: RunId, deps: Pick<EngineDeps, 'db' | 'now'>): Promise<void> {
  const { orgId, name } = actor
  const row = await findRun(deps.db, { orgId, runId })
  if (row === undefined) throw new Fault('run.unknown')
  if (isTerminal(row.state.status)) throw new Fault('run.over')
  await setDesiredCancelled(deps.db, { orgId, runId, now: deps.now() })
  await appendEvents({ orgId, runId, source: 'system', events: [{ type: 'cancel.requested', by: name }] }, deps)
}
