import { type AgentSpec, Fault, newId } from '@errand/contracts'
import {
  type AgentRow,
  findAgent,
  insertAgentVersion,
  listAgentRows,
  listAgentUse,
  setAgentSource,
  type Transaction,
} from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { BUILTIN_NAMES } from './builtins.ts'
import { canonicalJson } from './canonicalJson.ts'
import { renderAgent } from './renderDocument.ts'
import type { AgentView, Applied, ListedAgent } from './types.ts'

type Deps = Pick<EngineDeps, 'db'>

/** In the order in which they were made. */
export async function listAgents({ orgId }: Actor, { db }: Deps): Promise<readonly ListedAgent[]> {
  const [rows, use] = await Promise.all([listAgentRows(db, { orgId }), listAgentUse(db, { orgId })])
  const usedAt = new Map(use.map(({ id, lastUsedAt }) => [id, lastUsedAt.toISOString()]))
  return rows.map((row) => ({ ...toView(row), lastUsedAt: usedAt.get(row.id) ?? null }))
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

interface NewAgentVersion {
  readonly actor: Actor
  readonly name: string
  readonly spec: AgentSpec
  readonly source: string
  readonly note?: string | null
  readonly now: Date
}

/** A new version when the specification is another; otherwise only the text is kept. */
export async function applyAgent(
  tx: Transaction,
  { actor, name, spec, source, note = null, now }: NewAgentVersion,
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
    note,
    isBuiltin: false,
    createdBy: userId,
    now,
  })
  if (!isWritten) throw new Fault('name.taken', `Somebody made the agent ${name} at the same moment. Apply it again.`)
  return { kind: 'Agent', name, change: row === undefined ? 'created' : 'updated', version }
}

function toView({ name, version, spec, isBuiltin, source, disabledAt, updatedAt }: AgentRow): AgentView {
  return {
    name,
    version,
    spec,
    isBuiltin: isBuiltin && source === null,
    cameWithErrand: BUILTIN_NAMES.includes(name),
    isOff: disabledAt !== null,
    updatedAt: updatedAt.toISOString(),
  }
}
