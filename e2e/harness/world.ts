import { type GitServer, type ScriptedModel, startGitServer, startScriptedModel } from '@errand/testkit'
import { Installation } from './installation.ts'

/** Errand with what it meets outside: a scripted model behind a key, and a git host behind a token. */
export interface World {
  readonly errand: Installation
  readonly model: ScriptedModel
  readonly gitHost: GitServer
  readonly key: string
  close(): Promise<void>
}

export const SCRIPTED_AGENT = `kind: Agent
name: scripted
spec:
  runtime: claude-code
  credential: scripted
  model: claude-sonnet-5-5
  network: none
`

/** Credentials go in as a person puts them in: on standard input. Agent \`scripted\` uses the scripted model. */
export async function startWorld(env: Record<string, string> = {}): Promise<World> {
  const key = 'sk-canary-5d1f0c9b7a3e4826'
  const [errand, model, gitHost] = await Promise.all([
    Installation.make(env),
    startScriptedModel({ apiKey: key }),
    startGitServer({ password: 'canary-git-9e8d7c6b5a' }),
  ])
  await errand.start()
  await must(errand, ['credentials', 'add', 'scripted', '--type', 'llm-compatible', '--base-url', model.url], key)
  await must(
    errand,
    ['credentials', 'add', 'forge', '--type', 'git', '--host', gitHost.host, '--private'],
    gitHost.password,
  )
  await must(errand, ['apply', '--file', '-'], SCRIPTED_AGENT)
  const close = async () => {
    await errand.remove()
    await Promise.all([model.close(), gitHost.close()])
  }
  return { errand, model, gitHost, key, close }
}

/** Runs a command that has to work; throws what it said when it does not. */
export async function must(errand: Installation, args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await errand.errand(args, { input })
  if (code !== 0) throw new Error(`errand ${args.join(' ')} ended with ${code}: ${stderr}`)
  return stdout
}
