import { type DocumentKind, Fault } from '@errand/contracts'
import { listAgentRows, listCredentialRows, listMcpServerRows } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { agentDocument } from './agents.ts'
import { credentialDocument } from './credentials.ts'
import { mcpServerDocument } from '../mcp/servers.ts'
import { joinDocuments } from './splitDocuments.ts'

/**
 * The documents as they were applied, byte for byte, in the order in which their objects were first made. What was
 * changed by other means is written anew. What came with Errand is left out unless it is asked for by name. No value
 * of a credential is in it. Faults `agent.unknown`, `credential.unknown` and `mcp.unknown` for a name that is not there.
 */
export async function exportDocuments(
  actor: Actor,
  { kind, name }: { kind?: DocumentKind | undefined; name?: string | undefined },
  { db }: Pick<EngineDeps, 'db'>,
): Promise<string> {
  const { orgId } = actor
  const isAsked = (one: DocumentKind): boolean => kind === undefined || kind === one
  const agents = isAsked('Agent') ? await listAgentRows(db, { orgId }) : []
  const credentials = isAsked('Credential') ? await listCredentialRows(db, { orgId }) : []
  const servers = isAsked('McpServer') ? await listMcpServerRows(db, { orgId }) : []
  const isWanted = (row: { name: string }): boolean => name === undefined || row.name === name
  const documents = [
    ...agents
      .filter((row) => isWanted(row) && (name !== undefined || !row.isBuiltin || row.source !== null))
      .map((row) => ({ place: row.place, document: agentDocument(row) })),
    ...credentials.filter(isWanted).map((row) => ({ place: row.place, document: credentialDocument(row) })),
    ...servers.filter(isWanted).map((row) => ({ place: row.place, document: mcpServerDocument(row) })),
  ]
  if (name !== undefined && documents.length === 0) throw new Fault(UNKNOWN[kind ?? 'Agent'], `${name}.`)
  const inOrder = documents.toSorted((a, b) => a.place - b.place)
  return joinDocuments(inOrder.map(({ document }) => document))
}

const UNKNOWN = { Agent: 'agent.unknown', Credential: 'credential.unknown', McpServer: 'mcp.unknown' } as const
