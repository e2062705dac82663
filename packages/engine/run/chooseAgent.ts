import { type CreateRun, Fault } from '@errand/contracts'
import { type AgentRow, findAgent, type SettingsBody } from '@errand/store'
import { DEMO_AGENT, DEMO_REPOSITORY } from '../config/builtins.ts'
import type { Actor, EngineDeps } from '../deps.ts'

type Request = Pick<CreateRun, 'agent' | 'repositories' | 'verify'>

/**
 * The agent of a request that names none: as the settings say, else `default`. While that one has no model to ask, a
 * prompt without a repository goes to the demo, which has both.
 */
export async function chooseAgent(
  { orgId }: Actor,
  { request, settings }: { request: Request; settings: SettingsBody },
  { db }: Pick<EngineDeps, 'db'>,
): Promise<AgentRow> {
  const name = request.agent ?? settings.defaultAgent
  if (name !== null) return namedAgent(name)
  const agent = await namedAgent('default')
  const hasModel = agent.spec.runtime === 'script' || agent.spec.credential !== 'demo'
  return hasModel || request.repositories !== undefined ? agent : namedAgent(DEMO_AGENT)

  async function namedAgent(wanted: string): Promise<AgentRow> {
    const found = await findAgent(db, { orgId, name: wanted })
    if (found === undefined) throw new Fault('agent.unknown', `${wanted}.`)
    return found
  }
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
