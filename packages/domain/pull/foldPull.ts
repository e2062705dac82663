import type { RunEventBody } from '@errand/contracts'
import type { RunPull } from '../run/state.ts'

type PullEvent = Extract<RunEventBody, { type: `pull.${string}` }>

export function foldPull(pulls: readonly RunPull[], body: PullEvent): readonly RunPull[] {
  if (body.type === 'pull.changed') return pulls.map((one) => (isSame(one, body) ? { ...one, state: body.state } : one))
  const { repository, number, url, title, branch, base, state } = body
  return [...pulls.filter((one) => !isSame(one, body)), { repository, number, url, title, branch, base, state }]
}

/** It is in the log already: one that was found again, or a state that is known. */
export function isPullRedundant(pulls: readonly RunPull[], body: PullEvent): boolean {
  const known = pulls.find((one) => isSame(one, body))
  return body.type === 'pull.opened' ? known !== undefined : known === undefined || known.state === body.state
}

function isSame(pull: RunPull, { repository, number }: Pick<RunPull, 'repository' | 'number'>): boolean {
  return pull.repository === repository && pull.number === number
}
