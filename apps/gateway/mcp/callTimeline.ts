import type { OrgId, RunId, SystemEvent } from '@errand/contracts'
import { appendToMany, type EngineDeps, type ToldOfRun } from '@errand/engine'
import { inBatches } from '../inBatches.ts'
import { eventAllowance } from '../runRecorder.ts'

export interface CallTimeline {
  /** There in a moment. What cannot be written is said in the log: it must not undo what a server has done. */
  tell(run: { readonly orgId: OrgId; readonly runId: RunId }, event: SystemEvent): void
  /** Everything of this run is written when it resolves; without one: of all. */
  flush(runId?: RunId): Promise<void>
}

/** A model that calls once in a while is shown at once, those that call in a storm together, four times a second. */
const REST_MS = 250

interface Told {
  readonly orgId: OrgId
  readonly runId: RunId
  readonly event: SystemEvent
}

/** Calls of tools on the timelines of their runs. */
export function callTimeline(engine: Pick<EngineDeps, 'db' | 'now' | 'log'>): CallTimeline {
  const mayTell = eventAllowance(engine)
  /** Runs whose timeline waits for something, with how much. */
  const untold = new Map<RunId, number>()
  const write = async (runs: readonly ToldOfRun[]) => {
    const lost = (error: unknown, { orgId, runId }: Pick<ToldOfRun, 'orgId' | 'runId'>) =>
      engine.log.error({ op: 'mcp.record', orgId, runId, error }, 'calls could not be put on the timeline')
    try {
      const failures = await appendToMany(runs, engine)
      for (const run of runs) if (failures.has(run.runId)) lost(failures.get(run.runId), run)
    } catch (error) {
      for (const run of runs) lost(error, run)
    }
  }
  const told = inBatches(
    async (_: null, items: readonly Told[]) => {
      const runs = byRun(items)
      await write(runs)
      for (const { runId, events } of runs) {
        const left = (untold.get(runId) ?? 0) - events.length
        if (left > 0) untold.set(runId, left)
        else untold.delete(runId)
      }
    },
    { restMs: REST_MS },
  )
  return {
    tell({ orgId, runId }, event) {
      if (!mayTell({ orgId, runId })) return
      untold.set(runId, (untold.get(runId) ?? 0) + 1)
      void told.add(null, { orgId, runId, event })
    },
    async flush(runId) {
      if (runId === undefined || untold.has(runId)) await told.flush()
    },
  }
}

function byRun(items: readonly Told[]): readonly ToldOfRun[] {
  const runs = new Map<RunId, { orgId: OrgId; runId: RunId; events: SystemEvent[] }>()
  for (const { orgId, runId, event } of items) {
    const known = runs.get(runId)
    if (known === undefined) runs.set(runId, { orgId, runId, events: [event] })
    else known.events.push(event)
  }
  return [...runs.values()]
}
