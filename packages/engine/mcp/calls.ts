import { type FaultCode, type McpCallId, newId, type RunId } from '@errand/contracts'
import { redactArguments } from '@errand/domain'
import {
  beginMcpCallRow,
  countMcpCalls,
  endMcpCallRows,
  insertMcpCall,
  listCallsOfRun,
  listCallsOfServer,
  type McpCallEnd,
  type McpCallRow,
  type NewMcpCall,
} from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import type { McpActivityView, McpCallView } from './types.ts'

const PAGE = 100
const MOST_OF_A_RUN = 1_000
const SLOT_MS = 30 * 60_000
const SLOTS = 48

/** For the gateway: one call, done or refused. What looks like a secret in its arguments is not kept. */
export async function recordMcpCall(
  call: Omit<NewMcpCall, 'id' | 'at'>,
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<void> {
  const at = now()
  await insertMcpCall(db, { ...call, id: newId('mcpCall', at), at, arguments: redactArguments(call.arguments) })
}

/** After these a server may have done what it was asked. */
const UNKNOWN: readonly FaultCode[] = ['mcp.cut-off', 'mcp.timeout', 'service.stopping', 'internal.error']
const UNDER_WAY = { resultBytes: 0, isError: true, ms: -1, code: 'mcp.cut-off' } as const

/**
 * For the gateway: a call that is about to be sent, on record before it is: should this process end now, what it says is
 * true. Null when the same call was sent before and nobody knows what came of it.
 */
export async function beginMcpCall(
  call: Omit<NewMcpCall, 'id' | 'at' | keyof typeof UNDER_WAY>,
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<McpCallId | null> {
  const at = now()
  const id = newId('mcpCall', at)
  const row = { ...call, ...UNDER_WAY, id, at, arguments: redactArguments(call.arguments) }
  return (await beginMcpCallRow(db, row, UNKNOWN)) ? id : null
}

/** For the gateway: how calls that were begun have ended. */
export function endMcpCalls(calls: readonly McpCallEnd[], { db }: Pick<EngineDeps, 'db'>): Promise<void> {
  return endMcpCallRows(db, calls)
}
export type { McpCallEnd } from '@errand/store'

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
  const since = new Date((Math.floor(now().getTime() / SLOT_MS) + 1 - SLOTS) * SLOT_MS)
  // The first id of that moment.
  const from = newId('mcpCall', since, (n) => new Uint8Array(n))
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
