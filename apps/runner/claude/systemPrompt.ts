import type { Clone } from '../workspace/clone.ts'

export interface PromptPlaces {
  readonly workspace: string
  readonly artifacts: string
  readonly inputs: string
  readonly inputNames: readonly string[]
  readonly clones: readonly Clone[]
  readonly hasVerify: boolean
}

/** What the agent has to know about where it is, behind what its owner wants it to be. */
export function systemPrompt(own: string | null, places: PromptPlaces): string {
  const { workspace, artifacts, inputs, inputNames, clones, hasVerify } = places
  const lines = [
    'You run unattended in an isolated sandbox. Nobody can answer a question, so decide for yourself and finish the task.',
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
