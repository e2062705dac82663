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
   * In the journal before there can be an answer, and on record within a tenth of a second. What other gateways have sent is not
   * known to it.
   */
  note(call: NewCall): BegunCall
  /** On record before it is sent, whichever gateway has sent it before. Fault `token.dead` when its run is over. */
  begin(call: CallToBegin): Promise<BegunCall>
  /** One that was not begun. */
  add(call: NewCall & McpCallOutcome): Promise<void>
  /** On the timeline of its run. */
  readonly tell: CallTimeline['tell']
  /** Everything of this run's timeline is written when it resolves; without one: of all, and every record. */
  readonly flush: CallTimeline['flush']
}

export interface BegunCall {
  /** Of the call that was sent before, where there is one. */
  readonly record: OpenCall
  /** The same call was sent before, and what came of it is not known. */
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
      const here = unknown.get(call)
      if (here !== undefined) return { record: here, wasSent: true }
      const atHand = mcpCallRecord(call, engine)
      const noted = rows.note(atHand)
      // Whoever ends it hears of it.
      noted.written.catch(() => undefined)
      const record: OpenCall = {
        async end(outcome) {
          unknown.settle(call, outcome)
          const isInTime = noted.endInTime(outcome)
          await noted.written
          if (!isInTime) await endLater(atHand.id, call.orgId, outcome)
        },
      }
      unknown.add(call, record)
      return { record, wasSent: false }
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
