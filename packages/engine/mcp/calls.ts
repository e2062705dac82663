import { type FaultCode, type McpCallId, newId, type RunId } from '@errand/contracts'
import { redactArguments } from '@errand/domain'
import {
  beginMcpCallRows,
  type BegunMcpCall,
  countMcpCalls,
  countMcpCallsOfAll,
  endMcpCallRows,
  insertMcpCalls,
  listCallsOfRun,
  listCallsOfServer,
  listMcpServerRows,
  type McpCallEnd,
  type McpCallOutcome,
  type McpCallRow,
  type OpenMcpCall,
} from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import type { McpActivityView, McpCallView, McpDayView } from './types.ts'

const PAGE = 100
const MOST_OF_A_RUN = 1_000
const SLOT_MS = 30 * 60_000
const SLOTS = 48

/** Without an outcome it goes on. */
export type McpCallToRecord = Omit<OpenMcpCall, 'id' | 'at'> & Partial<McpCallOutcome>

/** A call as it goes on record: a JSON text. What looks like a secret in its arguments is not in it. */
export interface McpCallRecord {
  readonly id: McpCallId
  readonly row: string
}

export function mcpCallRecord(call: McpCallToRecord, { now }: Pick<EngineDeps, 'now'>): McpCallRecord {
  const date = now()
  const id = newId('mcpCall', date)
  // As a date it would cost half of the whole text.
  const at = date.toISOString()
  return { id, row: JSON.stringify({ ...call, id, at, arguments: redactArguments(call.arguments) }) }
}

/** The row of a call that went on, now that it is over. */
export function withOutcome(row: string, outcome: McpCallOutcome): string {
  return `${row.slice(0, -1)},${JSON.stringify(outcome).slice(1)}`
}

/** With a number and a time, and without what looks like a secret in its arguments. */
export function mcpCallAtHand<T extends { readonly arguments: unknown }>(
  call: T,
  { now }: Pick<EngineDeps, 'now'>,
): T & { readonly id: McpCallId; readonly at: Date } {
  const at = now()
  return { ...call, id: newId('mcpCall', at), at, arguments: redactArguments(call.arguments) }
}

/** For the gateway: rows of calls that are over, done or refused, and of those that go on. Once more does no harm. */
export function recordMcpCalls(
  recorded: { rows: readonly string[]; gateway: string | null },
  { db }: Pick<EngineDeps, 'db'>,
): Promise<void> {
  return insertMcpCalls(db, recorded)
}

/** After these a server may have done what it was asked. */
const UNKNOWN: readonly FaultCode[] = ['mcp.cut-off', 'mcp.timeout', 'service.stopping', 'internal.error']

/** Whether a call that ended so may have been done. */
export function mayBeDone(code: FaultCode | null): boolean {
  return code !== null && UNKNOWN.includes(code)
}

export type McpCallToBegin = BegunMcpCall

export type McpCallBegun =
  | { readonly kind: 'begun' }
  /** The same call was sent before and nobody knows what came of it; null where it is among these. */
  | { readonly kind: 'sent-before'; readonly id: McpCallId | null }
  /** Its run is over, or has another token by now. */
  | { readonly kind: 'dead' }

/**
 * For the gateway: calls that are about to be sent, on record before they are: should this process end now, what it says
 * is true. Answers in their order.
 */
export async function beginMcpCalls(
  { calls, gateway }: { calls: readonly McpCallToBegin[]; gateway: string },
  { db }: Pick<EngineDeps, 'db'>,
): Promise<readonly McpCallBegun[]> {
  const uses = new Set<string>()
  // Of two that are the same one goes on.
  const fresh = calls.filter(({ runId, server, toolUseId }) => {
    if (toolUseId === null) return true
    const use = `${runId} ${server} ${toolUseId}`
    if (uses.has(use)) return false
    uses.add(use)
    return true
  })
  const stops = new Map(
    (await beginMcpCallRows(db, { calls: fresh, unless: UNKNOWN, gateway })).map((answer) => [answer.id, answer]),
  )
  const going = new Set(fresh.map(({ id }) => id))
  return calls.map(({ id }) => {
    const stopped = stops.get(id)
    if (stopped?.isLive === false) return { kind: 'dead' }
    if (going.has(id) && stopped === undefined) return { kind: 'begun' }
    return { kind: 'sent-before', id: stopped?.sentBefore ?? null }
  })
}

/** For the gateway: how calls that were begun have ended. */
export function endMcpCalls(calls: readonly McpCallEnd[], { db }: Pick<EngineDeps, 'db'>): Promise<void> {
  return endMcpCallRows(db, calls)
}
export type { McpCallEnd, McpCallOutcome } from '@errand/store'

/** Newest first, a hundred at a time; `before` is the last of the page before. */
export async function listMcpCalls(
  { orgId }: Actor,
  { server, tool = null, before = null }: { server: string; tool?: string | null; before?: McpCallId | null },
  { db }: Pick<EngineDeps, 'db'>,
): Promise<readonly McpCallView[]> {
  return (await listCallsOfServer(db, { orgId, server, tool, before, limit: PAGE })).map(toView)
}

/** The calls of the last day, in half hours, and by tool. */
export async function readMcpActivity(
  { orgId }: Actor,
  server: string,
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<McpActivityView> {
  const { since, from } = dayBefore(now())
  const rows = await countMcpCalls(db, { orgId, server, from, since, slotMs: SLOT_MS })
  const slots = Array.from({ length: SLOTS }, (_, index) => {
    const here = rows.filter(({ slot }) => slot === index)
    return { calls: sum(here.map(({ calls }) => calls)), errors: sum(here.map(({ errors }) => errors)) }
  })
  const tools: Record<string, { calls: number; denied: number }> = {}
  for (const { tool, calls, denied } of rows) {
    const before = tools[tool] ?? { calls: 0, denied: 0 }
    tools[tool] = { calls: before.calls + calls, denied: before.denied + denied }
  }
  return { since: since.toISOString(), slotMinutes: SLOT_MS / 60_000, slots, tools }
}

/** The same for every server of a list, by name; those that nobody called are not there. */
export async function readMcpDays(
  { orgId }: Actor,
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<Readonly<Record<string, McpDayView>>> {
  const servers = (await listMcpServerRows(db, { orgId })).map(({ name }) => name)
  const { since, from } = dayBefore(now())
  const rows = await countMcpCallsOfAll(db, { orgId, servers, from, since, slotMs: SLOT_MS })
  const called = rows.filter(({ slot, calls }) => slot === null && calls > 0)
  return Object.fromEntries(
    called.map(({ server, typicalMs }) => {
      const slots = Array.from({ length: SLOTS }, (_, index) => {
        const { calls = 0, errors = 0 } = rows.find((row) => row.server === server && row.slot === index) ?? {}
        return { calls, errors }
      })
      return [server, { since: since.toISOString(), slots, typicalMs }]
    }),
  )
}

function dayBefore(now: Date): { readonly since: Date; readonly from: McpCallId } {
  const since = new Date((Math.floor(now.getTime() / SLOT_MS) + 1 - SLOTS) * SLOT_MS)
  // The first id of that moment.
  return { since, from: newId('mcpCall', since, (n) => new Uint8Array(n)) }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

/** In order, the first thousand. */
export async function listMcpCallsOfRun(
  { orgId }: Actor,
  runId: RunId,
  { db }: Pick<EngineDeps, 'db'>,
): Promise<readonly McpCallView[]> {
  return (await listCallsOfRun(db, { orgId, runId, limit: MOST_OF_A_RUN })).map(toView)
}

function toView({ userId: _userId, at, ...row }: McpCallRow): McpCallView {
  return { ...row, at: at.toISOString() }
}
