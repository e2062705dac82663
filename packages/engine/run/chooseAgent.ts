import { type CreateRun, Fault, newId } from '@errand/contracts'
import { type AgentDraftRow, type AgentRow, findAgent, findAgentDraft, type SettingsBody } from '@errand/store'
import { DEMO_AGENT, DEMO_REPOSITORY } from '../config/builtins.ts'
import type { Actor, EngineDeps } from '../deps.ts'

type Request = Pick<CreateRun, 'agent' | 'isDraft' | 'repositories' | 'verify'>

export interface ChosenAgent extends AgentRow {
  /** Not as any version says: `version` is the one that the draft would become. */
  readonly isDraft: boolean
}

/**
 * The agent of a request that names none: as the settings say, else `default`. While that one has no model to ask, a
 * prompt without a repository goes to the demo, which has both. Faults `agent.unknown`, `agent.disabled`.
 */
export async function chooseAgent(
  { orgId }: Actor,
  { request, settings }: { request: Request; settings: SettingsBody },
  { db }: Pick<EngineDeps, 'db'>,
): Promise<ChosenAgent> {
  const name = request.agent ?? settings.defaultAgent
  const draft = request.isDraft === true && name !== null ? await findAgentDraft(db, { orgId, name }) : undefined
  if (draft !== undefined) return draftedAgent(draft, await findAgent(db, { orgId, name: draft.name }))
  if (name !== null) return namedAgent(name)
  const agent = await namedAgent('default')
  const hasModel = agent.spec.runtime === 'script' || agent.spec.credential !== 'demo'
  return hasModel || request.repositories !== undefined ? agent : namedAgent(DEMO_AGENT)

  async function namedAgent(wanted: string): Promise<ChosenAgent> {
    const found = await findAgent(db, { orgId, name: wanted })
    if (found === undefined) throw new Fault('agent.unknown', `${wanted}.`)
    if (found.disabledAt !== null) throw new Fault('agent.disabled', `${wanted}.`)
    return { ...found, isDraft: false }
  }
}

/** One that was never saved has no row yet; its run stands for itself. */
function draftedAgent({ name, baseVersion, spec, updatedAt }: AgentDraftRow, row: AgentRow | undefined): ChosenAgent {
  const id = row?.id ?? newId('agent', updatedAt)
  const made = { place: 0, createdAt: updatedAt, disabledAt: null, ...row }
  return { ...made, id, name, spec, updatedAt, version: baseVersion + 1, source: null, isBuiltin: false, isDraft: true }
}

/** Without a wall nothing may run that somebody could have written: only the built-in script on its own repository. */
export function requireIsolation(
  { agent, repositories, request }: { agent: AgentRow; repositories: readonly string[]; request: Request },
  { capabilities }: Pick<EngineDeps, 'capabilities'>,
): void {
  if (capabilities().mayRunAnyAgent) return
  const isDemo =
    agent.name === DEMO_AGENT &&
    agent.isBuiltin &&
    request.verify === undefined &&
    repositories.every((name) => name === DEMO_REPOSITORY)
  if (!isDemo) throw new Fault('agent.isolation-required')
}
