import { setTimeout as delay } from 'node:timers/promises'
import {
  beginMcpCalls,
  endMcpCalls,
  type EngineDeps,
  type McpCallBegun,
  type McpCallEnd,
  type McpCallOutcome,
  type McpCallRecord,
  type McpCallToBegin,
  recordMcpCalls,
  withOutcome,
} from '@errand/engine'
import { inBatches } from '../inBatches.ts'
import type { CallJournal } from './callJournal.ts'

export interface NotedCall {
  /** Resolves also where it could not be written, which is said in the log. */
  readonly written: Promise<void>
  /** False: its row is being written, or there; its end is for `end`. */
  endInTime(outcome: McpCallOutcome): boolean
}

/** Calls of tools in the database, many at a time. */
export interface CallRows {
  /** In the journal now, in the database within a tenth of a second. */
  note(call: McpCallRecord): NotedCall
  /** In the database when it resolves; throws where it cannot be. */
  begin(call: McpCallToBegin): Promise<McpCallBegun | null>
  /** As `NotedCall.written`. */
  end(end: McpCallEnd): Promise<void>
  flush(): Promise<void>
}

/** What people read of calls may be so old. Most calls are over by then: a row that is written once. */
const REST_MS = 100
/** The database may be away for so long. */
const TRY_AGAIN_MS = [200, 1_000, 5_000, 10_000]

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

export function callRows(
  engine: Pick<EngineDeps, 'db' | 'now' | 'log'>,
  { gateway, journal }: { readonly gateway: string; readonly journal: CallJournal },
): CallRows {
  const beginnings = inBatches(async (_: null, items: readonly Beginning[]) => {
    const answers = await beginMcpCalls({ calls: items.map(({ call }) => call), gateway }, engine)
    for (const [n, item] of items.entries()) item.answer = answers[n] ?? null
  })
  const patiently = (calls: number, write: () => Promise<void>) =>
    writtenAtLast(write).then(
      () => true,
      (error: unknown) => {
        engine.log.error({ op: 'mcp.record', calls, error }, 'calls could not be recorded')
        return false
      },
    )
  const ends = inBatches(
    async (_: null, items: readonly McpCallEnd[]) =>
      void (await patiently(items.length, () => endMcpCalls(items, engine))),
    { restMs: REST_MS },
  )
  const noted = inBatches(
    async (_: null, items: readonly Noted[]) => {
      const rows = items.map((item) => {
        item.isTaken = true
        return item.outcome === null ? item.call.row : withOutcome(item.call.row, item.outcome)
      })
      const kept = journal.turn()
      // Else the file stays for the gateway that comes after this one.
      if (await patiently(rows.length, () => recordMcpCalls({ rows, gateway }, engine))) kept()
    },
    { leadMs: REST_MS, restMs: REST_MS },
  )
  return {
    note(call) {
      const item: Noted = { call, outcome: null, isTaken: false }
      journal.write(call.row)
      return {
        written: noted.add(null, item),
        endInTime(outcome) {
          if (!item.isTaken) item.outcome = outcome
          return !item.isTaken
        },
      }
    },
    async begin(call) {
      const item: Beginning = { call, answer: null }
      await beginnings.add(null, item)
      return item.answer
    },
    end: (end) => ends.add(null, end),
    async flush() {
      await noted.flush()
      await ends.flush()
    },
  }
}

async function writtenAtLast(write: () => Promise<void>): Promise<void> {
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
