import { type Changes, Fault, type OrgId, type RunId } from '@errand/contracts'
import { isTerminal, parseRepositoryAddress, type RepositoryAddress } from '@errand/domain'
import { type Database, findRun, type RunRow } from '@errand/store'
import type { Actor } from '../deps.ts'

export interface PullTarget {
  readonly run: RunRow
  readonly address: RepositoryAddress & { readonly kind: 'remote' }
  readonly changes: Changes
  readonly repository: string
  readonly branch: string
  /** Null: the default branch. */
  readonly base: string | null
  /** All repositories of the run that could be the target. */
  readonly repositories: readonly string[]
}

/**
 * The branch that a pull request would be for. Without `repository`: the first that has one. Faults: `run.unknown`,
 * `run.not-over`, `pull.no-branch`, `pull.local`.
 */
export async function pullTarget(
  { orgId }: Pick<Actor, 'orgId'>,
  { runId, repository }: { runId: RunId; repository?: string | undefined },
  { db }: { db: Database },
): Promise<PullTarget> {
  const run = await findRun(db, { orgId, runId })
  if (run === undefined) throw new Fault('run.unknown')
  if (!isTerminal(run.state.status)) throw new Fault('run.not-over')
  const pushed = run.state.changes.filter(({ branch }) => branch !== null)
  const remote = pushed.filter((one) => parseRepositoryAddress(one.repository).kind === 'remote')
  const changes =
    repository === undefined ? (remote[0] ?? pushed[0]) : pushed.find((one) => one.repository === repository)
  const branch = changes?.branch ?? null
  if (changes === undefined || branch === null)
    throw new Fault('pull.no-branch', repository === undefined ? undefined : `${repository}.`)
  const address = parseRepositoryAddress(changes.repository)
  if (address.kind !== 'remote') throw new Fault('pull.local', `${changes.repository}, branch ${branch}.`)
  return {
    run,
    address,
    changes,
    repository: changes.repository,
    branch,
    base: await baseOf(run, { repository: changes.repository, orgId, db }),
    repositories: remote.map((one) => one.repository),
  }
}

const LONGEST_CHAIN = 50

/** A run that went on with the work of another wants into what that one came from, not into its branch. */
async function baseOf(
  run: RunRow,
  { repository, orgId, db }: { repository: string; orgId: OrgId; db: Database },
): Promise<string | null> {
  let branch = run.spec.repositories.find(({ name }) => name === repository)?.branch ?? null
  let parentId = run.parentRunId
  for (let step = 0; step < LONGEST_CHAIN && parentId !== null && branch !== null; step++) {
    const parent = await findRun(db, { orgId, runId: parentId })
    const there = parent?.spec.repositories.find(({ name }) => name === repository)
    if (parent === undefined || there?.pushBranch !== branch) return branch
    branch = there.branch
    parentId = parent.parentRunId
  }
  return branch
}
