import { Fault, type McpCallId, type OrgId } from '@errand/contracts'
import {
  type EngineDeps,
  mcpCallAtHand,
  type McpCallOutcome,
  mcpCallRecord,
  type McpCallToBegin,
  type McpCallToRecord,
} from '@errand/engine'
import type { CallJournal } from './callJournal.ts'
import { callRows } from './callRows.ts'
import { type CallTimeline, callTimeline } from './callTimeline.ts'
import { unknownCalls } from './unknownCalls.ts'

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
  readonly tell: CallTimeline['tell']
  /** Everything of this run's timeline is written when it resolves; without one: of all, and every record. */
  readonly flush: CallTimeline['flush']
}

export interface BegunCall {
  readonly record: OpenCall
  readonly wasSent: boolean
}

type NewCall = Omit<McpCallToRecord, keyof McpCallOutcome>
type CallToBegin = Omit<McpCallToBegin, 'id' | 'at'>

export function callRecords(
  engine: Pick<EngineDeps, 'db' | 'now' | 'log'>,
  place: { readonly gateway: string; readonly journal: CallJournal },
): CallRecords {
  const rows = callRows(engine, place)
  const timeline = callTimeline(engine)
  const unknown = unknownCalls()
  const endLater = (id: McpCallId, orgId: OrgId, outcome: McpCallOutcome) => rows.end({ id, orgId, ...outcome })
  return {
    note(call) {
      if (unknown.get(call) !== undefined)
        throw new Fault('mcp.cut-off', 'The same call was sent before, and what came of it is not known.')
      const record = mcpCallRecord(call, engine)
      const noted = rows.note(record)
      // Whoever ends it hears of it.
      noted.written.catch(() => undefined)
      const open: OpenCall = {
        async end(outcome) {
          unknown.settle(call, outcome)
          const isInTime = noted.endInTime(outcome)
          await noted.written
          if (!isInTime) await endLater(record.id, call.orgId, outcome)
        },
      }
      unknown.add(call, open)
      return open
    },
    async begin(call) {
      const here = unknown.get(call)
      if (here !== undefined) return { record: here, wasSent: true }
      const atHand = mcpCallAtHand(call, engine)
      const openOf = (id: McpCallId): OpenCall => ({
        async end(outcome) {
          unknown.settle(call, outcome)
          await endLater(id, call.orgId, outcome)
        },
      })
      const record = openOf(atHand.id)
      unknown.add(call, record)
      let answer: Awaited<ReturnType<typeof rows.begin>> = null
      try {
        answer = await rows.begin(atHand)
      } finally {
        if (answer?.kind !== 'begun') unknown.forget(call)
      }
      if (answer?.kind === 'begun') return { record, wasSent: false }
      if (answer?.kind === 'dead') throw new Fault('token.dead')
      return { record: openOf(answer?.id ?? atHand.id), wasSent: true }
    },
    add: (call) => rows.note(mcpCallRecord(call, engine)).written,
    tell: (run, event) => timeline.tell(run, event),
    async flush(runId) {
      await Promise.all([runId === undefined ? rows.flush() : null, timeline.flush(runId)])
    },
  }
}
