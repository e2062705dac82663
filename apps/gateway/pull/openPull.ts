import { Fault, type OrgId, type PullId, toFault } from '@errand/contracts'
import { type PullAsk, recordPull } from '@errand/engine'
import type { GatewayDeps } from '../deps.ts'
import { findForge, type FoundForge } from './findForge.ts'
import type { ForgePull } from './forgeApi.ts'

type Deps = Pick<GatewayDeps, 'git' | 'branches' | 'pullTurns' | 'engine' | 'now'>

/**
 * Opens a pull request for the branch of a run, or finds the one that is there: by an earlier try, by a person, or by
 * one that was told of after the host had it and before we wrote it down. Faults: `pull.…`, `repository.…`, `egress.…`.
 */
export async function openPull(
  { orgId, ask }: { orgId: OrgId; ask: PullAsk },
  deps: Deps,
): Promise<{ readonly id: PullId }> {
  // One after the other: the second finds what the first opened.
  const giveBack = await deps.pullTurns.take(`${orgId} ${ask.repository} ${ask.branch}`, AbortSignal.timeout(TURN_MS))
  try {
    return await openInTurn({ orgId, ask }, deps)
  } finally {
    giveBack()
  }
}

const TURN_MS = 120_000

async function openInTurn(
  { orgId, ask }: { orgId: OrgId; ask: PullAsk },
  deps: Deps,
): Promise<{ readonly id: PullId }> {
  const found = await findForge({ orgId, repository: ask.repository }, deps)
  try {
    const pull = await findOrOpen({ orgId, ask, found }, deps)
    // It is open, whatever comes of the question after its checks: they are looked at again soon.
    const { checks, trouble } = await found.api
      .checks(pull)
      .catch((error: unknown) => ({ checks: [], trouble: toFault(error) }))
    const { number, url, title, base, state } = pull
    const seen = { number, url, title, base, state, checks, trouble }
    return await recordPull({ orgId, ask, forge: found.forge, seen }, deps.engine)
  } catch (error) {
    throw error instanceof Fault ? found.redact(error) : error
  }
}

async function findOrOpen(
  { orgId, ask, found: { api } }: { orgId: OrgId; ask: PullAsk; found: FoundForge },
  { branches }: Pick<Deps, 'branches'>,
): Promise<ForgePull> {
  const { repository, branch, title, body, isDraft } = ask
  const there = await branches.read({ orgId, repository, isFresh: true })
  const base = ask.base ?? there.default
  if (base === null) throw new Fault('pull.branch-gone', 'The repository names no default branch to merge into.')
  const known = await api.find({ base, branch })
  if (known !== null) return known
  const isThere = (name: string) => there.isCut || there.branches.some((one) => one.name === name)
  for (const name of [branch, base]) if (!isThere(name)) throw new Fault('pull.branch-gone', `${name}.`)
  const opened = await api.open({ base, branch, title, body, isDraft })
  if (opened !== 'exists') return opened
  const other = await api.find({ base, branch })
  if (other === null)
    throw new Fault('pull.rejected', 'It says that there is one for this branch, and does not show it.')
  return other
}
