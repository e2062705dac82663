import { agentSpecSchema, type AgentSpec, Fault, type RunId } from '@errand/contracts'
import { findAgent, findRun, type Transaction } from '@errand/store'
import { isMap, isSeq, parseDocument } from 'yaml'
import type { Actor } from '../deps.ts'
import { applyAgent } from './agents.ts'
import { renderAgent } from './renderDocument.ts'

/** What a person's “always for this agent” adds to its lists. */
type Added = { readonly hosts: readonly string[] } | { readonly allowedTools: readonly string[] }

/**
 * Makes a new version of a run's agent that allows more. Answers the version that does; when all of it was allowed
 * already, that is the one there is. Undefined when the agent is gone or has no such list.
 */
export async function extendAgent(
  tx: Transaction,
  { actor, runId, added, now }: { actor: Actor; runId: RunId; added: Added; now: Date },
): Promise<number | undefined> {
  const { orgId } = actor
  const run = await findRun(tx, { orgId, runId })
  if (run === undefined) throw new Fault('run.unknown')
  const row = await findAgent(tx, { orgId, name: run.spec.agentName, isLocked: true })
  if (row === undefined) return undefined
  const { name, spec, source } = row
  if ('allowedTools' in added && spec.runtime === 'script') return undefined
  const field = 'hosts' in added ? 'hosts' : 'allowedTools'
  const known: readonly string[] = (field in spec ? Reflect.get(spec, field) : undefined) ?? []
  const fresh = ('hosts' in added ? added.hosts : added.allowedTools).filter((one) => !known.includes(one))
  if (fresh.length === 0) return row.version
  const wider = agentSpecSchema.safeParse({ ...spec, [field]: [...known, ...fresh] })
  // The list is full, or what a runner called a rule is none.
  if (!wider.success)
    throw new Fault('input.invalid', `The agent ${name} cannot take it: ${wider.error.issues[0]?.message ?? ''}`)
  const text =
    source === null ? renderAgent(name, wider.data) : extendText(source, { field, fresh, name, spec: wider.data })
  return (await applyAgent(tx, { actor, name, spec: wider.data, source: text, now })).version
}

/** The document with the entries added where they belong; comments and order stay as their author wrote them. */
function extendText(
  source: string,
  { field, fresh, name, spec }: { field: string; fresh: readonly string[]; name: string; spec: AgentSpec },
): string {
  const document = parseDocument(source)
  if (!isMap(document.get('spec'))) return renderAgent(name, spec)
  const list = document.getIn(['spec', field])
  if (isSeq(list)) for (const one of fresh) list.add(one)
  else document.setIn(['spec', field], fresh)
  return document.toString({ lineWidth: 0 })
}
