import { createHash } from 'node:crypto'
import { Fault, type McpServerId, type McpTool, type OrgId } from '@errand/contracts'
import { toolFlags } from '@errand/domain'
import { acceptToolRows, listMcpToolRows, type McpToolRow, writeSeenTools } from '@errand/store'
import { canonicalJson } from '../config/canonicalJson.ts'
import type { Actor, EngineDeps } from '../deps.ts'
import { requireServer } from './requireServer.ts'
import type { McpToolView } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

/** Of all that tells a model what a tool is: another of these is another tool. */
export function toolSha256({ name, title, description, inputSchema, annotations }: McpTool): string {
  const told = {
    name,
    title: title ?? null,
    description: description ?? null,
    inputSchema,
    annotations: annotations ?? null,
  }
  return createHash('sha256').update(canonicalJson(told)).digest('hex')
}

/**
 * Keeps tools as the gateway saw them; `isWhole`: there are no others. What the first list shows counts as accepted; what is new or
 * otherwise later waits for a person.
 */
export async function keepTools(
  {
    orgId,
    serverId,
    tools,
    isWhole,
  }: { orgId: OrgId; serverId: McpServerId; tools: readonly McpTool[]; isWhole: boolean },
  { db, now }: Deps,
): Promise<void> {
  const unique = new Map(tools.map((body) => [body.name, body]))
  const seen = [...unique.values()].map((body) => {
    return { name: body.name, sha256: toolSha256(body), body, flags: toolFlags(body) }
  })
  await db.transaction(async (tx) => {
    const known = await listMcpToolRows(tx, { orgId, serverId })
    await writeSeenTools(tx, { orgId, serverId, tools: seen, isWhole, isAccepted: known.length === 0, now: now() })
  })
}

/** For the gateway: what was accepted and what was last seen, by name; null while no list was ever seen. */
export async function readKnownTools(
  input: { orgId: OrgId; serverId: McpServerId },
  { db }: Pick<Deps, 'db'>,
): Promise<ReadonlyMap<string, KnownMcpTool> | null> {
  const rows = await listMcpToolRows(db, input)
  if (rows.length === 0) return null
  return new Map(
    rows.map(({ name, acceptedSha256, acceptedBody, body, sha256 }) => [
      name,
      { acceptedSha256, body: acceptedBody ?? body, seenSha256: sha256 },
    ]),
  )
}

export interface KnownMcpTool {
  /** Null: a person has not accepted it yet. */
  readonly acceptedSha256: string | null
  readonly seenSha256: string
  /** As accepted; as last seen while it never was. */
  readonly body: McpTool
}

/**
 * A person takes tools as they are now; each is named with the hash of what they looked at. Faults `mcp.unknown`,
 * `mcp.tool-changed` when one is otherwise by now.
 */
export async function acceptTools(
  { orgId, userId }: Actor,
  { server, tools }: { server: string; tools: readonly { readonly name: string; readonly sha256: string }[] },
  { db, now }: Deps,
): Promise<void> {
  const { id } = await requireServer(db, { orgId, name: server })
  const accepted = await acceptToolRows(db, { orgId, serverId: id, tools, by: userId, now: now() })
  if (accepted < tools.length) throw new Fault('mcp.tool-changed', 'One of them has changed again: look once more.')
}

export function toToolView(row: McpToolRow): McpToolView {
  const { sha256, acceptedSha256, seenAt, acceptedAt, ...rest } = row
  const state = acceptedSha256 === null ? 'new' : acceptedSha256 === sha256 ? 'accepted' : 'changed'
  return { ...rest, sha256, state, seenAt: seenAt.toISOString(), acceptedAt: acceptedAt?.toISOString() ?? null }
}
