import { type FaultCode, type McpServerId, type McpSight, type OrgId } from '@errand/contracts'
import { writeMcpTest } from '@errand/store'
import * as z from 'zod'
import { askGateway, askGatewayFor } from '../config/gatewayRequests.ts'
import type { GatewayAnswer } from '../config/types.ts'
import type { Actor, EngineDeps } from '../deps.ts'
import { requireServer } from './requireServer.ts'
import { keepTools } from './tools.ts'
import type { McpTried } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now' | 'feed'>

/** A hosted server may have to be installed first. */
const TEST_DEADLINE_MS = 330_000
const CALL_DEADLINE_MS = 630_000

/** A real handshake, by the gateway. What it brought is on the server's page afterwards. Fault `mcp.unknown`. */
export async function requestMcpTest({ orgId }: Actor, name: string, deps: Deps): Promise<GatewayAnswer> {
  await requireServer(deps.db, { orgId, name })
  return askGateway({ orgId, body: { kind: 'mcp.test', server: name }, patienceMs: TEST_DEADLINE_MS }, deps)
}

const triedSchema = z.object({ isError: z.boolean(), result: z.unknown(), ms: z.number() })

/** Calls a tool by hand. Faults `mcp.…` where it came to no result. */
export async function tryMcpTool(
  { orgId, userId }: Actor,
  { server, tool, arguments: given }: { server: string; tool: string; arguments: Readonly<Record<string, unknown>> },
  deps: Deps,
): Promise<McpTried> {
  await requireServer(deps.db, { orgId, name: server })
  const body = { kind: 'mcp.call', server, tool, arguments: given, by: userId } as const
  return askGatewayFor({ orgId, body, patienceMs: CALL_DEADLINE_MS, schema: triedSchema }, deps)
}

export type McpTestOutcome =
  | { readonly ok: true; readonly words: string; readonly sight: McpSight; readonly ms: number }
  | { readonly ok: false; readonly words: string; readonly code: FaultCode; readonly ms: number }

/** For the gateway: what came of a handshake. Its tools are taken in. */
export async function keepMcpTest(
  {
    orgId,
    serverId,
    version,
    outcome,
  }: { orgId: OrgId; serverId: McpServerId; version: number; outcome: McpTestOutcome },
  deps: Pick<EngineDeps, 'db' | 'now'>,
): Promise<void> {
  const { ok, words, ms } = outcome
  if (outcome.ok) await keepTools({ orgId, serverId, tools: outcome.sight.tools, isWhole: true }, deps)
  const { tools: _tools, ...sight } = outcome.ok ? outcome.sight : { tools: null }
  const test = {
    at: deps.now().toISOString(),
    ok,
    words,
    code: outcome.ok ? null : outcome.code,
    ms,
    version,
    sight: outcome.ok ? (sight as Omit<McpSight, 'tools'>) : null,
  }
  await writeMcpTest(deps.db, { orgId, id: serverId, test })
}

/** For the gateway: a server by name, as it is now. Fault `mcp.unknown`. */
export async function readServerNow(
  { orgId, name }: { orgId: OrgId; name: string },
  { db }: Pick<EngineDeps, 'db'>,
): Promise<Pick<Awaited<ReturnType<typeof requireServer>>, 'id' | 'name' | 'version' | 'spec'>> {
  return requireServer(db, { orgId, name })
}
