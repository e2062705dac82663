import type { RouterOutputs } from '../../trpc/types.ts'
import { shownRuns } from '../runs/placeRows.ts'
import type { Groups, ListedRun } from '../runs/types.ts'

type Credentials = RouterOutputs['credentials']['list']

/**
 * Whether nobody has done anything here yet: no key of a model, and no run, or the demo's alone. Null when that is past; else the
 * demo's run, if it was fired.
 */
export function firstRunOf(groups: Groups, credentials: Credentials): { readonly run: ListedRun | null } | null {
  if (credentials.some(({ spec }) => spec.type !== 'git') || groups.done.next !== null) return null
  const [run, ...more] = shownRuns(groups)
  if (run === undefined) return { run: null }
  return more.length === 0 && run.agent === 'demo' ? { run } : null
}
