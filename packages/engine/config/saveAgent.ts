import { type AgentSpec, agentSpecSchema, Fault, nameSchema } from '@errand/contracts'
import { deleteAgentDraft, findAgent, isStorable, removeAgent, setAgentDisabled, type Transaction } from '@errand/store'
import { isMap, parseDocument as parseYaml } from 'yaml'
import type { Actor, EngineDeps } from '../deps.ts'
import { inputFault } from '../inputFault.ts'
import { readSettings } from '../org/settings.ts'
import { applyAgent } from './agents.ts'
import { BUILTIN_NAMES } from './builtins.ts'
import { canonicalJson } from './canonicalJson.ts'
import { parseDocument } from './parseDocument.ts'
import { renderAgent } from './renderDocument.ts'
import type { Applied } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

export interface SaveAgent {
  readonly name: string
  readonly spec: AgentSpec
  /** The version that was changed; 0 for an agent that is not there yet. */
  readonly baseVersion: number
  readonly note?: string | undefined
}

/**
 * The next version of an agent; its draft is done with. The text of its document is changed only where the specification
 * was. Faults `input.invalid`, and `agent.moved-on` when the agent is not at `baseVersion` any more.
 */
export async function saveAgent(actor: Actor, input: SaveAgent, { db, now }: Deps): Promise<Applied> {
  const { name, spec } = parsedAgent(input)
  return db.transaction(async (tx) => {
    const row = await requireBase(tx, actor, input)
    const source =
      row?.source === undefined || row.source === null
        ? null
        : changedText(row.source, { name, before: row.spec, spec })
    const text = source ?? renderAgent(name, spec)
    const applied = await applyAgent(tx, { actor, name, spec, source: text, note: noteOf(input.note), now: now() })
    await deleteAgentDraft(tx, { orgId: actor.orgId, name })
    return applied
  })
}

/**
 * The same from a document, whose text is kept as it is. Faults `yaml.invalid` with line and field, `input.invalid` for
 * the document of another agent.
 */
export async function saveAgentDocument(
  actor: Actor,
  input: { name: string; source: string; baseVersion: number; note?: string | undefined },
  { db, now }: Deps,
): Promise<Applied> {
  const spec = agentInDocument(input)
  return db.transaction(async (tx) => {
    await requireBase(tx, actor, input)
    const { name, source } = input
    const applied = await applyAgent(tx, { actor, name, spec, source, note: noteOf(input.note), now: now() })
    await deleteAgentDraft(tx, { orgId: actor.orgId, name })
    return applied
  })
}

/** What a document says of this agent. Faults `yaml.invalid`, `input.invalid`. */
export function agentInDocument({ name, source }: { name: string; source: string }): AgentSpec {
  const document = parseDocument(source)
  if (document.kind !== 'Agent')
    throw new Fault('input.invalid', `kind: this is the document of an agent, not of a ${document.kind}.`)
  if (document.name !== name)
    throw new Fault('input.invalid', `name: ${document.name} is another agent; this one is ${name}.`)
  return document.spec
}

/** The document that an agent with this specification would have: its own text with what is different. */
export async function draftDocument(
  { orgId }: Actor,
  input: { name: string; spec: AgentSpec },
  { db }: Pick<Deps, 'db'>,
): Promise<string> {
  const { name, spec } = parsedAgent(input)
  const row = await findAgent(db, { orgId, name })
  if (row === undefined || row.source === null) return renderAgent(name, spec)
  return changedText(row.source, { name, before: row.spec, spec })
}

/** One that is switched off takes no new runs; those under way go on. Fault `agent.unknown`. */
export async function switchAgent(
  { orgId }: Actor,
  { name, isOn }: { name: string; isOn: boolean },
  { db, now }: Deps,
): Promise<void> {
  if (!(await setAgentDisabled(db, { orgId, name, disabledAt: isOn ? null : now() })))
    throw new Fault('agent.unknown', `${name}.`)
}

/**
 * With all its versions and its draft; of its runs nothing is lost. Faults `agent.unknown`, `agent.builtin`,
 * `agent.is-default`.
 */
export async function deleteAgent(actor: Actor, name: string, { db }: Pick<Deps, 'db'>): Promise<void> {
  const { orgId } = actor
  if (BUILTIN_NAMES.includes(name)) throw new Fault('agent.builtin', `${name}.`)
  const { defaultAgent } = await readSettings(actor, { db })
  if (defaultAgent === name) throw new Fault('agent.is-default', `${name}.`)
  await db.transaction(async (tx) => {
    const row = await findAgent(tx, { orgId, name, isLocked: true })
    if (row === undefined) throw new Fault('agent.unknown', `${name}.`)
    await removeAgent(tx, { orgId, id: row.id })
    await deleteAgentDraft(tx, { orgId, name })
  })
}

async function requireBase(
  tx: Transaction,
  { orgId }: Actor,
  { name, baseVersion }: { name: string; baseVersion: number },
): ReturnType<typeof findAgent> {
  const row = await findAgent(tx, { orgId, name, isLocked: true })
  const version = row?.version ?? 0
  if (version !== baseVersion) throw new Fault('agent.moved-on', `It is at v${version}; yours changes v${baseVersion}.`)
  return row
}

export function parsedAgent({ name, spec }: { name: string; spec: AgentSpec }): { name: string; spec: AgentSpec } {
  const named = nameSchema.safeParse(name)
  if (!named.success) throw inputFault(named.error)
  const parsed = agentSpecSchema.safeParse(spec)
  if (!parsed.success) throw inputFault(parsed.error)
  if (!isStorable(parsed.data)) throw new Fault('input.invalid', 'It holds a NUL or half a character.')
  return { name, spec: parsed.data }
}

function noteOf(note: string | undefined): string | null {
  const text = note?.trim() ?? ''
  return text === '' ? null : text
}

/** Field by field, so that comments and order stay as their author wrote them. */
function changedText(
  source: string,
  { name, before, spec }: { name: string; before: AgentSpec; spec: AgentSpec },
): string {
  const document = parseYaml(source)
  if (!isMap(document.get('spec')) || before.runtime !== spec.runtime) return renderAgent(name, spec)
  for (const field of new Set([...Object.keys(before), ...Object.keys(spec)])) {
    const value: unknown = Reflect.get(spec, field)
    if (canonicalJson(value ?? null) === canonicalJson(Reflect.get(before, field) ?? null)) continue
    if (value === undefined) document.deleteIn(['spec', field])
    else document.setIn(['spec', field], value)
  }
  return document.toString({ lineWidth: 0 })
}
