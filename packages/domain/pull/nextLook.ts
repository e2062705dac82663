import type { PullCheck, PullState } from '@errand/contracts'

const MINUTE = 60_000
const FIRST = MINUTE
const LAST = 30 * MINUTE
/** What nobody touched for so long is looked at only when a person asks. */
const FORGOTTEN = 30 * 24 * 60 * MINUTE

/**
 * When a pull request is to be looked at again without anybody asking; null: never. Soon while its checks work, then
 * ever less, by how long nothing has changed: a host counts every question.
 */
export function nextLook(
  { state, checks, changedAt }: { state: PullState; checks: readonly Pick<PullCheck, 'state'>[]; changedAt: Date },
  now: Date,
): Date | null {
  const quiet = now.getTime() - changedAt.getTime()
  if (state === 'merged' || state === 'closed' || quiet > FORGOTTEN) return null
  const isUnderWay = checks.some((check) => check.state === 'running' || check.state === 'waiting')
  const wait = Math.min(LAST, Math.max(FIRST, quiet / (isUnderWay ? 20 : 5)))
  return new Date(now.getTime() + wait)
}
