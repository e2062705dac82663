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
import { unknownCalls, useNameOf } from './unknownCalls.ts'

/** A call on its way. */
export interface OpenCall {
  /** How it has ended, as far as is known. Resolves when that is on record; what cannot be written is said in the log. */
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
  add(call: NewCall & McpCallOutcome): void
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
      const use = useNameOf(call)
      const here = unknown.get(use)
      if (here !== undefined) return { record: here, wasSent: true }
      const atHand = mcpCallRecord(call, engine)
      const noted = rows.note(atHand)
      const record: OpenCall = {
        end(outcome) {
          unknown.settle(use, outcome)
          if (noted.endInTime(outcome)) return noted.written
          return noted.written.then(() => endLater(atHand.id, call.orgId, outcome))
        },
      }
      unknown.add(use, record)
      return { record, wasSent: false }
    },
    async begin(call) {
      const use = useNameOf(call)
      const here = unknown.get(use)
      if (here !== undefined) return { record: here, wasSent: true }
      const atHand = mcpCallAtHand(call, engine)
      const openOf = (id: McpCallId): OpenCall => ({
        end(outcome) {
          unknown.settle(use, outcome)
          return endLater(id, call.orgId, outcome)
        },
      })
      const record = openOf(atHand.id)
      unknown.add(use, record)
      let answer: Awaited<ReturnType<typeof rows.begin>> = null
      try {
        answer = await rows.begin(atHand)
      } finally {
        if (answer?.kind !== 'begun') unknown.forget(use)
      }
      if (answer?.kind === 'begun') return { record, wasSent: false }
      if (answer?.kind === 'dead') throw new Fault('token.dead')
      return { record: openOf(answer?.id ?? atHand.id), wasSent: true }
    },
    add: (call) => void rows.note(mcpCallRecord(call, engine)),
    tell: (run, event) => timeline.tell(run, event),
    async flush(runId) {
      await Promise.all([runId === undefined ? rows.flush() : null, timeline.flush(runId)])
    },
  }
}
