import { Fault, type McpCallId, type OrgId, type RunId, type SystemEvent } from '@errand/contracts'
import {
  appendToMany,
  beginMcpCalls,
  type DoneMcpCall,
  endMcpCalls,
  type EngineDeps,
  type McpCallBegun,
  type McpCallEnd,
  type McpCallToBegin,
  recordMcpCalls,
  type ToldOfRun,
} from '@errand/engine'
import { inBatches } from '../inBatches.ts'
import { runRecorder } from '../runRecorder.ts'

/** Where calls of tools are written down. */
export interface CallRecords {
  /**
   * On record before it is sent: for what must not be done twice. Faults `mcp.cut-off` when the same call was sent before
   * and what came of it is not known, `token.dead` when its run is over.
   */
  begin(call: McpCallToBegin): Promise<McpCallId>
  /** How one that was begun has ended. */
  end(end: McpCallEnd): Promise<void>
  /** One that was not begun. */
  add(call: DoneMcpCall): Promise<void>
  /** On the timeline of its run. */
  tell(run: { readonly orgId: OrgId; readonly runId: RunId }, event: SystemEvent): Promise<void>
  /** Everything of this run's timeline is written when it resolves; without one: of all, and every record. */
  flush(runId?: RunId): Promise<void>
}

/** How a call ended is read by people. */
const ENDS_REST_MS = 100
/** A model that calls once in a while is shown at once, those that call in a storm together, four times a second. */
const TIMELINE_REST_MS = 250

interface Beginning {
  readonly call: McpCallToBegin
  answer: McpCallBegun | null
}

interface Told {
  readonly orgId: OrgId
  readonly runId: RunId
  readonly event: SystemEvent
  failure: unknown
}

export function callRecords(
  engine: Pick<EngineDeps, 'db' | 'now' | 'log'>,
  { gateway }: { readonly gateway: string },
): CallRecords {
  const beginnings = inBatches(async (_: null, items: readonly Beginning[]) => {
    const answers = await beginMcpCalls({ calls: items.map(({ call }) => call), gateway }, engine)
    for (const [n, item] of items.entries()) item.answer = answers[n] ?? null
  })
  const ends = inBatches((_: null, items: readonly McpCallEnd[]) => endMcpCalls(items, engine), {
    restMs: ENDS_REST_MS,
  })
  const added = inBatches((_: null, items: readonly DoneMcpCall[]) => recordMcpCalls(items, engine), {
    restMs: ENDS_REST_MS,
  })
  const told = inBatches(
    async (_: null, items: readonly Told[]) => {
      const failures = await appendToMany(byRun(items), engine)
      for (const item of items) item.failure = failures.get(item.runId) ?? null
    },
    { restMs: TIMELINE_REST_MS },
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
    async begin(call) {
      const item: Beginning = { call, answer: null }
      await beginnings.add(null, item)
      if (item.answer?.kind === 'begun') return item.answer.id
      if (item.answer?.kind === 'dead') throw new Fault('token.dead')
      throw new Fault('mcp.cut-off', 'The same call was sent before, and what came of it is not known.')
    },
    end: (end) => ends.add(null, end),
    add: (call) => added.add(null, call),
    tell: (run, event) => recorder.record(run, event),
    async flush(runId) {
      if (runId === undefined) await Promise.all([ends.flush(), added.flush(), told.flush()])
      else if (untold.has(runId)) await told.flush()
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
