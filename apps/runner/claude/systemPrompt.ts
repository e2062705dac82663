import type { Autonomy } from '@errand/contracts'
import type { Clone } from '../workspace/clone.ts'

export interface PromptPlaces {
  readonly workspace: string
  readonly artifacts: string
  readonly inputs: string
  readonly inputNames: readonly string[]
  readonly clones: readonly Clone[]
  readonly hasVerify: boolean
  readonly autonomy: Autonomy
}

const ATTENDANCE: Readonly<Record<Autonomy, string>> = {
  edit: 'You run unattended in an isolated sandbox. Nobody can answer a question, so decide for yourself and finish the task.',
  ask: 'You run in an isolated sandbox. A person is shown some of your commands before they run, and may deny them; nobody answers other questions, so decide for yourself and finish the task.',
  plan: 'You run in an isolated sandbox. First propose a plan, which a person approves or sends back with a note; nobody answers other questions. Once it is approved, decide for yourself and finish the task.',
}

/** What the agent has to know about where it is, behind what its owner wants it to be. */
export function systemPrompt(own: string | null, places: PromptPlaces): string {
  const { workspace, artifacts, inputs, inputNames, clones, hasVerify, autonomy } = places
  const lines = [
    ATTENDANCE[autonomy],
    'A note from the person you work for may reach you on the way: it changes the task from there on.',
    `The workspace is ${workspace}. It is thrown away afterwards: only what is named below is kept.`,
    ...repositoryLines(clones),
    `Files that the person should get (reports, data, images) go into ${artifacts}. A report belongs into ${artifacts}/report.md.`,
    ...(inputNames.length === 0 ? [] : [`The person's input files are in ${inputs}: ${inputNames.join(', ')}.`]),
    ...(hasVerify ? ['When you are done, a command that the person chose checks the result.'] : []),
    'End with one or two sentences that say what came out; the first of them is what the person reads first.',
  ]
  return [...(own === null || own.trim() === '' ? [] : [own.trim(), '']), ...lines].join('\n')
}

function repositoryLines(clones: readonly Clone[]): string[] {
  if (clones.length === 0) return []
  const where = clones.map(
    ({ repository, folder }) => `${repository.name} in ${folder} (branch ${repository.pushBranch})`,
  )
  return [
    `Git repositories: ${where.join('; ')}. Commit your work there, on the branch that is checked out. It is pushed for you.`,
  ]
}
