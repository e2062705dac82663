import type { Task } from './task.ts'

/** The same task as a command for `errand`. Files are named; where they lie only the person knows. */
export function commandOf(task: Task): string {
  const { repositories, agent, budgetUsd, deadlineMinutes, network, verify } = task
  const repos =
    repositories?.length === 0
      ? ['--no-repo']
      : (repositories ?? []).flatMap(({ repository, branch }) => [
          '--repo',
          branch === undefined ? repository : `${repository}#${branch}`,
        ])
  const said = [
    ...repos,
    ...flag('--agent', agent),
    ...flag('--budget', budgetUsd),
    ...flag('--minutes', deadlineMinutes),
    ...flag('--network', network),
    ...flag('--model', task.model),
    ...flag('--autonomy', task.autonomy),
    ...flag('--verify', verify),
    ...task.inputs.flatMap(({ name }) => ['--input', name]),
  ]
  return ['errand', 'run', quoted(task.prompt), ...said.map(quotedIfNeeded)].join(' ')
}

function flag(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [name, String(value)]
}

function quotedIfNeeded(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word)
}

/** For a POSIX shell: nothing within single quotes means anything. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
