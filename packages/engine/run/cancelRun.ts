import { Fault, type RunId } from '@errand/contracts'
import { isTerminal } from '@errand/domain'
import { findRun, setDesiredCancelled } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { appendEvents } from './appendEvents.ts'
import { createRunFrom } from './createRun.ts'

/** Says that the run shall stop; asking again is fine. Faults `run.unknown`, and `run.over` when it is. */
export async function cancelRun(actor: Actor, runId: RunId, deps: Pick<EngineDeps, 'db' | 'now'>): Promise<void> {
  const { orgId, name } = actor
  const row = await findRun(deps.db, { orgId, runId })
  if (row === undefined) throw new Fault('run.unknown')
  if (isTerminal(row.state.status)) throw new Fault('run.over')
  await setDesiredCancelled(deps.db, { orgId, runId, now: deps.now() })
  await appendEvents({ orgId, runId, source: 'system', events: [{ type: 'cancel.requested', by: name }] }, deps)
}

/**
 * A new run with the same prompt and request, on the agent as it is now: whatever was corrected in it takes part.
 * Faults `run.unknown`, `run.not-over`, and those of `createRun`.
 */
export async function retryRun(
  actor: Actor,
  runId: RunId,
  deps: Pick<EngineDeps, 'db' | 'now' | 'capabilities'>,
): Promise<{ runId: RunId }> {
  const row = await findRun(deps.db, { orgId: actor.orgId, runId })
  if (row === undefined) throw new Fault('run.unknown')
  if (!isTerminal(row.state.status)) throw new Fault('run.not-over')
  const input = { ...row.spec.request, agent: row.spec.agentName, prompt: row.prompt }
  return createRunFrom(actor, { input, origin: { retryOf: runId, rootRunId: row.rootRunId } }, deps)
}
