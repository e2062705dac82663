import type { RunView } from './types.ts'

type Task = Pick<RunView, 'prompt' | 'agent' | 'repositories' | 'budgetUsd' | 'network' | 'verify'>

/** The composer with everything filled in as it was for this run. */
export function duplicateHref(run: Task): string {
  const fields = new URLSearchParams({ prompt: run.prompt, agent: run.agent })
  const repositories = run.repositories.map(({ url, branch }) => (branch === null ? url : `${url}#${branch}`))
  fields.set('repos', repositories.join(','))
  if (run.budgetUsd !== null) fields.set('budget', String(run.budgetUsd))
  fields.set('network', run.network)
  fields.set('verify', run.verify ?? '')
  return `/?${fields}`
}
