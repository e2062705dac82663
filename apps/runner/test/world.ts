import type { RunRepository } from '@errand/contracts'
import { type GitServer, type Scenario, type ScriptedModel, startGitServer, startScriptedModel } from '@errand/testkit'

export const claudeCode = {
  kind: 'claude-code',
  model: null,
  systemPrompt: null,
  maxTurns: null,
  outputSchema: null,
} as const

export function aRepository(name = 'demo'): RunRepository {
  return { name, url: `errand://local/${name}`, dir: name, branch: null, pushBranch: 'errand/run1' }
}

/** A model that plays scenarios and a git host that wants a password, as they stand behind a gateway. */
export interface World {
  readonly model: ScriptedModel
  readonly host: GitServer
  /** Makes a repository with these commits. Gives its bare folder. */
  create(name: string, commits?: readonly Readonly<Record<string, string | Buffer>>[]): Promise<string>
  close(): Promise<void>
}

export async function startWorld(scenarios: Readonly<Record<string, Scenario>> = {}): Promise<World> {
  const [model, host] = await Promise.all([startScriptedModel({ scenarios }), startGitServer()])
  return {
    model,
    host,
    create: (name, commits = [{ 'README.md': '# Demo\n' }]) => host.create(`local/${name}.git`, commits),
    async close() {
      await Promise.all([model.close(), host.close()])
    },
  }
}
