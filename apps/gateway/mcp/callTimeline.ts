import type { OrgId, RunId, SystemEvent } from '@errand/contracts'
import { appendToMany, type EngineDeps, type ToldOfRun } from '@errand/engine'
import { inBatches } from '../inBatches.ts'
import { runRecorder } from '../runRecorder.ts'

export interface CallTimeline {
  tell(run: { readonly orgId: OrgId; readonly runId: RunId }, event: SystemEvent): Promise<void>
  /** Everything of this run is written when it resolves; without one: of all. */
  flush(runId?: RunId): Promise<void>
}

/** A model that calls once in a while is shown at once, those that call in a storm together, four times a second. */
const REST_MS = 250

interface Told {
  readonly orgId: OrgId
  readonly runId: RunId
  readonly event: SystemEvent
  failure: unknown
}

/** Calls of tools on the timelines of their runs. */
export function callTimeline(engine: Pick<EngineDeps, 'db' | 'now' | 'log'>): CallTimeline {
  const told = inBatches(
    async (_: null, items: readonly Told[]) => {
      const failures = await appendToMany(byRun(items), engine)
      for (const item of items) item.failure = failures.get(item.runId) ?? null
    },
    { restMs: REST_MS },
  )
  /** Runs whose timeline waits for something, with how much. */
  const untold = new Map<RunId, number>()
  const recorder = runRecorder({
    async append({ orgId, runId }, event) {
      const item: Told = { orgId, runId, event, failure: null }
      untold.set(runId, (untold.get(runId) ?? 0) + 1)
      try {
        await told.add(null, item)
      } finally {
        const left = (untold.get(runId) ?? 1) - 1
        if (left === 0) untold.delete(runId)
        else untold.set(runId, left)
      }
      if (item.failure !== null) throw item.failure
    },
    log: engine.log,
  })
  return {
    tell: (run, event) => recorder.record(run, event),
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
