import type { RunView } from './types.ts'

/** The composer with everything filled in as it was for this run. */
export function duplicateHref(
  run: Pick<RunView, 'prompt' | 'agent' | 'repositories' | 'budgetUsd' | 'network'>,
): string {
  const fields = new URLSearchParams({ prompt: run.prompt, agent: run.agent })
  fields.set('repos', run.repositories.map(({ name }) => name).join(','))
  const [first] = run.repositories
  if (typeof first?.branch === 'string') fields.set('branch', first.branch)
  if (run.budgetUsd !== null) fields.set('budget', String(run.budgetUsd))
  fields.set('network', run.network)
  return `/?${fields}`
}
