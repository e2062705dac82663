import { type Clone, cloneRepository } from './workspace/clone.ts'
import { StepFailed } from './events/recorder.ts'
import { runShell } from './process/shell.ts'
import type { Workshop } from './work.ts'
import { agentEnv } from './workspace/agentEnv.ts'
import { createGit, type Git } from './workspace/git.ts'
import { fetchInput } from './workspace/inputs.ts'
import { rewritesOf } from './workspace/remotes.ts'

/** A workspace that is ready for the agent. */
export interface Prepared {
  readonly clones: readonly Clone[]
  readonly inputNames: readonly string[]
  readonly git: Git
  /** Of everything that runs for the agent. */
  readonly env: Readonly<Record<string, string>>
  /** The first repository, or the empty workspace. */
  readonly cwd: string
}

/** Clones, fetches the inputs and runs the setup command. Throws `StepFailed`, or anything after a halt. */
export async function prepare(shop: Workshop): Promise<Prepared> {
  const { spec, places, forwarder, config, clock } = shop
  const rewrites = spec.repositories.flatMap((repository) => rewritesOf(repository, forwarder.origin))
  const git = createGit({ clock, path: config.path, rewrites })
  const env = agentEnv(spec, { ...places, path: config.path, origin: forwarder.origin, rewrites })
  const clones = await cloneAll(git, shop)
  const inputNames = await fetchInputs(shop)
  const cwd = clones[0]?.folder ?? places.workspace
  await setUp({ cwd, env }, shop)
  return { clones, inputNames, git, env, cwd }
}

async function cloneAll(git: Git, { spec, places, halt, recorder, onProgress }: Workshop): Promise<readonly Clone[]> {
  if (spec.repositories.length === 0) return []
  const { clones } = await recorder.step('clone', async () => {
    const made: Clone[] = []
    for (const repository of spec.repositories) {
      made.push(
        await cloneRepository(repository, { workspace: places.workspace, git, signal: halt.signal, onProgress }),
      )
      halt.signal.throwIfAborted()
    }
    const detail = made
      .map(({ repository, base }) => `${repository.name} at ${base?.slice(0, 10) ?? 'no commit yet'}`)
      .join(', ')
    return { clones: made, detail }
  })
  return clones
}

async function fetchInputs({ spec, places, client, halt, recorder }: Workshop): Promise<readonly string[]> {
  if (spec.inputs.length === 0) return []
  const { names } = await recorder.step('inputs', async () => {
    const taken = new Set<string>()
    const fetched: string[] = []
    for (const input of spec.inputs)
      fetched.push(await fetchInput(input, { client, folder: places.inputs, taken, signal: halt.signal }))
    return { names: fetched, detail: fetched.join(', ') }
  })
  return names
}

async function setUp(where: Pick<Prepared, 'cwd' | 'env'>, { spec, halt, recorder, shell }: Workshop): Promise<void> {
  const { setup } = spec
  if (setup === null) return
  await recorder.step('setup', async () => {
    const end = await runShell({ step: 'setup', args: ['-c', setup], ...where }, shell)
    halt.signal.throwIfAborted()
    if (end.exitCode !== 0) throw new StepFailed('setup.failed', `Exit code ${end.exitCode}. ${end.lastLine}`.trim())
    return {}
  })
}
