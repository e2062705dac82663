import { type AgentSpec, Fault, newId } from '@errand/contracts'
import {
  type AgentRow,
  findAgent,
  insertAgentVersion,
  listAgentRows,
  setAgentSource,
  type Transaction,
} from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { canonicalJson } from './canonicalJson.ts'
import { renderAgent } from './renderDocument.ts'
import type { AgentView, Applied } from './types.ts'

type Deps = Pick<EngineDeps, 'db'>

/** In the order in which they were made. */
export async function listAgents(actor: Actor, { db }: Deps): Promise<readonly AgentView[]> {
  return (await listAgentRows(db, { orgId: actor.orgId })).map(toView)
}

/** With its document. Fault `agent.unknown`. */
export async function readAgent(actor: Actor, name: string, { db }: Deps): Promise<AgentView & { source: string }> {
  const row = await findAgent(db, { orgId: actor.orgId, name })
  if (row === undefined) throw new Fault('agent.unknown', `${name}.`)
  return { ...toView(row), source: agentDocument(row) }
}

/** The document it was made of, or one that makes the same. */
export function agentDocument({ name, spec, source }: AgentRow): string {
  return source ?? renderAgent(name, spec)
}

/** A new version when the specification is another; otherwise only the text is kept. */
export async function applyAgent(
  tx: Transaction,
  { actor, name, spec, source, now }: { actor: Actor; name: string; spec: AgentSpec; source: string; now: Date },
): Promise<Applied> {
  const { orgId, userId } = actor
  const row = await findAgent(tx, { orgId, name, isLocked: true })
  if (row !== undefined && canonicalJson(row.spec) === canonicalJson(spec)) {
    if (row.source !== source) await setAgentSource(tx, { orgId, id: row.id, version: row.version, source })
    return { kind: 'Agent', name, change: 'unchanged', version: row.version }
  }
  const version = (row?.version ?? 0) + 1
  const id = row?.id ?? newId('agent', now)
  const isWritten = await insertAgentVersion(tx, {
    id,
    orgId,
    name,
    version,
    spec,
    source,
    isBuiltin: false,
    createdBy: userId,
    now,
  })
  if (!isWritten) throw new Fault('name.taken', `Somebody made the agent ${name} at the same moment. Apply it again.`)
  return { kind: 'Agent', name, change: row === undefined ? 'created' : 'updated', version }
}

function toView({ name, version, spec, isBuiltin, source, updatedAt }: AgentRow): AgentView {
  return { name, version, spec, isBuiltin: isBuiltin && source === null, updatedAt: updatedAt.toISOString() }
}
