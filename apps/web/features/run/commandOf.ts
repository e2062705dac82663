import type { RunView } from './types.ts'

type Task = Pick<RunView, 'prompt' | 'agent' | 'repositories' | 'budgetUsd' | 'network' | 'verify'>

/** The same task as a line for a shell. */
export function commandOf(run: Task): string {
  const words = ['errand', 'run', quoted(run.prompt), '--agent', run.agent]
  if (run.repositories.length === 0) words.push('--no-repo')
  for (const { name } of run.repositories) words.push('--repo', quoted(name))
  const [first] = run.repositories
  if (run.repositories.length === 1 && typeof first?.branch === 'string') words.push('--branch', quoted(first.branch))
  if (run.budgetUsd !== null) words.push('--budget', String(run.budgetUsd))
  words.push('--network', run.network)
  if (run.verify !== null) words.push('--verify', quoted(run.verify))
  return words.join(' ')
}

/** One word for a POSIX shell, whatever stands in it. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
