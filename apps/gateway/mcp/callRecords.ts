import { setTimeout as delay } from 'node:timers/promises'
import { Fault, type McpCallId, type OrgId, type RunId, type SystemEvent } from '@errand/contracts'
import {
  appendToMany,
  beginMcpCalls,
  endMcpCalls,
  type EngineDeps,
  mayBeDone,
  type McpCallBegun,
  type McpCallEnd,
  type McpCallOutcome,
  mcpCallAtHand,
  type McpCallRecord,
  mcpCallRecord,
  type McpCallToBegin,
  type McpCallToRecord,
  recordMcpCalls,
  type ToldOfRun,
  withOutcome,
} from '@errand/engine'
import { inBatches } from '../inBatches.ts'
import { runRecorder } from '../runRecorder.ts'
import type { CallJournal } from './callJournal.ts'

/** A call on its way. */
export interface OpenCall {
  /** How it has ended, as far as is known. */
  end(outcome: McpCallOutcome): Promise<void>
}

/** Where calls of tools are written down. */
export interface CallRecords {
  /**
   * In the journal before it is sent, and on record within a tenth of a second. Fault `mcp.cut-off` when this process has sent the same
   * call before and what came of it is not known.
   */
  note(call: NewCall): OpenCall
  /**
   * On record before it is sent, and only once for all gateways: `wasSent` when it was sent before and what came of it is not
   * known; the record is that one then. Fault `token.dead` when its run is over.
   */
  begin(call: CallToBegin): Promise<BegunCall>
  /** One that was not begun. */
  add(call: NewCall & McpCallOutcome): Promise<void>
  /** On the timeline of its run. */
  tell(run: { readonly orgId: OrgId; readonly runId: RunId }, event: SystemEvent): Promise<void>
  /** Everything of this run's timeline is written when it resolves; without one: of all, and every record. */
  flush(runId?: RunId): Promise<void>
}

export interface BegunCall {
  readonly record: OpenCall
  readonly wasSent: boolean
}

type NewCall = Omit<McpCallToRecord, keyof McpCallOutcome>
type CallToBegin = Omit<McpCallToBegin, 'id' | 'at'>

/** What people read of calls may be so old. Most calls are over by then: a row that is written once. */
const REST_MS = 100
/** A model that calls once in a while is shown at once, those that call in a storm together, four times a second. */
const TIMELINE_REST_MS = 250
/** The database may be away for so long. */
const TRY_AGAIN_MS = [200, 1_000, 5_000, 10_000]
/** So many calls whose outcome is not known are remembered here; all are on record. */
const MAX_UNKNOWN = 10_000

interface Beginning {
  readonly call: McpCallToBegin
  answer: McpCallBegun | null
}

interface Noted {
  readonly call: McpCallRecord
  /** Null: it goes on, or has been over from the start. */
  outcome: McpCallOutcome | null
  isTaken: boolean
}

interface Told {
  readonly orgId: OrgId
  readonly runId: RunId
  readonly event: SystemEvent
  failure: unknown
}

export function callRecords(
  engine: Pick<EngineDeps, 'db' | 'now' | 'log'>,
  { gateway, journal }: { readonly gateway: string; readonly journal: CallJournal },
): CallRecords {
  const beginnings = inBatches(async (_: null, items: readonly Beginning[]) => {
    const answers = await beginMcpCalls({ calls: items.map(({ call }) => call), gateway }, engine)
    for (const [n, item] of items.entries()) item.answer = answers[n] ?? null
  })
  const ends = inBatches((_: null, items: readonly McpCallEnd[]) => patiently(() => endMcpCalls(items, engine)), {
    restMs: REST_MS,
  })
  const noted = inBatches(
    async (_: null, items: readonly Noted[]) => {
      const rows = items.map((item) => {
        item.isTaken = true
        return item.outcome === null ? item.call.row : withOutcome(item.call.row, item.outcome)
      })
      const kept = journal.turn()
      await patiently(() => recordMcpCalls({ rows, gateway }, engine))
      kept()
    },
    { leadMs: REST_MS, restMs: REST_MS },
  )
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
  const unknown = unknownCalls()
  const endLater = (id: McpCallId, orgId: OrgId, outcome: McpCallOutcome) => ends.add(null, { id, orgId, ...outcome })
  return {
    note(call) {
      if (unknown.get(call) !== undefined)
        throw new Fault('mcp.cut-off', 'The same call was sent before, and what came of it is not known.')
      const item: Noted = { call: mcpCallRecord(call, engine), outcome: null, isTaken: false }
      journal.write(item.call.row)
      const written = noted.add(null, item)
      // Whoever ends it hears of it.
      written.catch(() => undefined)
      const open: OpenCall = {
        async end(outcome) {
          unknown.settle(call, outcome)
          const isLate = item.isTaken
          if (!isLate) item.outcome = outcome
          await written
          if (isLate) await endLater(item.call.id, call.orgId, outcome)
        },
      }
      unknown.add(call, open)
      return open
    },
    async begin(call) {
      const here = unknown.get(call)
      if (here !== undefined) return { record: here, wasSent: true }
      const item: Beginning = { call: mcpCallAtHand(call, engine), answer: null }
      const openOf = (id: McpCallId): OpenCall => ({
        async end(outcome) {
          unknown.settle(call, outcome)
          await endLater(id, call.orgId, outcome)
        },
      })
      const record = openOf(item.call.id)
      unknown.add(call, record)
      try {
        await beginnings.add(null, item)
      } finally {
        if (item.answer?.kind !== 'begun') unknown.forget(call)
      }
      if (item.answer?.kind === 'begun') return { record, wasSent: false }
      if (item.answer?.kind === 'dead') throw new Fault('token.dead')
      return { record: openOf(item.answer?.id ?? item.call.id), wasSent: true }
    },
    add(call) {
      const done = mcpCallRecord(call, engine)
      journal.write(done.row)
      return noted.add(null, { call: done, outcome: null, isTaken: false })
    },
    tell: (run, event) => recorder.record(run, event),
    async flush(runId) {
      if (runId === undefined) await Promise.all([noted.flush().then(() => ends.flush()), told.flush()])
      else if (untold.has(runId)) await told.flush()
    },
  }
}

type Use = Pick<NewCall, 'runId' | 'server' | 'toolUseId'>

/** Calls of this process that go on, or of which nobody knows what they did: those that may not be sent once more. */
function unknownCalls() {
  const open = new Map<string, OpenCall>()
  const nameOf = ({ runId, server, toolUseId }: Use) => `${String(runId)} ${server} ${String(toolUseId)}`
  return {
    get: (use: Use): OpenCall | undefined => (use.toolUseId === null ? undefined : open.get(nameOf(use))),
    add(use: Use, call: OpenCall): void {
      if (use.toolUseId === null) return
      open.set(nameOf(use), call)
      const oldest = open.keys().next().value
      if (open.size > MAX_UNKNOWN && oldest !== undefined) open.delete(oldest)
    },
    settle(use: Use, { code }: McpCallOutcome): void {
      if (!mayBeDone(code)) this.forget(use)
    },
    forget: (use: Use): void => void open.delete(nameOf(use)),
  }
}

async function patiently(write: () => Promise<void>): Promise<void> {
  for (const ms of TRY_AGAIN_MS) {
    try {
      return await write()
    } catch {
      // The last try tells why.
      await delay(ms)
    }
  }
  await write()
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
