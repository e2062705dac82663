import { type McpCallId, newId, type RunId } from '@errand/contracts'
import { redactArguments } from '@errand/domain'
import { insertMcpCall, listCallsOfRun, listCallsOfServer, type McpCallRow, type NewMcpCall } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import type { McpCallView } from './types.ts'

const PAGE = 100
const MOST_OF_A_RUN = 1_000

/** For the gateway: one call, done or refused. What looks like a secret in its arguments is not kept. */
export async function recordMcpCall(
  call: Omit<NewMcpCall, 'id' | 'at'>,
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<void> {
  const at = now()
  await insertMcpCall(db, { ...call, id: newId('mcpCall', at), at, arguments: redactArguments(call.arguments) })
}

/** Newest first, a hundred at a time; `before` is the last of the page before. */
export async function listMcpCalls(
  { orgId }: Actor,
  { server, tool = null, before = null }: { server: string; tool?: string | null; before?: McpCallId | null },
  { db }: Pick<EngineDeps, 'db'>,
): Promise<readonly McpCallView[]> {
  return (await listCallsOfServer(db, { orgId, server, tool, before, limit: PAGE })).map(toView)
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
