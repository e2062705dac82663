import type { OrgId, RunId, SystemEvent } from '@errand/contracts'
import { wakeAfter } from '@errand/domain'
import { type AppendOfMany, appendToLogs, readLogHeads } from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import { announceEvents, appendEvents, foldNew } from './appendEvents.ts'

export interface ToldOfRun {
  readonly orgId: OrgId
  readonly runId: RunId
  readonly events: readonly SystemEvent[]
}

/**
 * What `appendEvents` does, for many runs with two statements: for what comes often and nobody waits for. A run that
 * somebody else is writing to, or that has to be looked at afterwards, gets its own. Gives what went wrong, by run.
 */
export async function appendToMany(
  told: readonly ToldOfRun[],
  deps: Pick<EngineDeps, 'db' | 'now'>,
): Promise<ReadonlyMap<RunId, unknown>> {
  const { db, now } = deps
  const heads = new Map(
    (
      await readLogHeads(
        db,
        told.map(({ runId }) => runId),
      )
    ).map((head) => [head.runId, head]),
  )
  const at = now().toISOString()
  const together: AppendOfMany[] = []
  for (const { orgId, runId, events: bodies } of told) {
    const head = heads.get(runId)
    if (head === undefined || head.orgId !== orgId) continue
    const { state, events } = foldNew(
      head.state,
      bodies.map((body) => ({ at, body })),
    )
    const isQuiet = wakeAfter(head.state, state) === 'none' && bodies.every(({ type }) => type !== 'usage.metered')
    if (isQuiet) together.push({ orgId, runId, head, state, events })
  }
  const written = together.length === 0 ? new Set<RunId>() : await appendToLogs(db, together)
  for (const runId of written) announceEvents(runId, deps)
  const failures = new Map<RunId, unknown>()
  const alone = told.filter(({ runId }) => !written.has(runId))
  await Promise.all(
    alone.map(({ orgId, runId, events }) =>
      appendEvents({ orgId, runId, source: 'system', events }, deps).catch((error: unknown) =>
        failures.set(runId, error),
      ),
    ),
  )
  return failures
}
