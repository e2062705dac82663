import { Fault, type RunRepository } from '@errand/contracts'
import {
  formatRepositoryAddress,
  isSameRepository,
  parseRepositoryAddress,
  refuseWhole,
  type RepositoryAddress,
} from '@errand/domain'
import type { RunGrant } from '@errand/engine'
import type { GitCaller } from './gitCaller.ts'
import type { GitDeps } from './gitDeps.ts'
import { isFollowable } from './renames.ts'

/** A run fetches the repositories that it was fired on and pushes to its own branches of them. */
export function runCaller(grant: RunGrant, { renames, recorder }: Pick<GitDeps, 'renames' | 'recorder'>): GitCaller {
  const granted = (address: RepositoryAddress): RunRepository | null => {
    const known = renames.originOf(grant.runId, address)
    return (
      grant.repositories.find(
        (repository) => isAt(repository, address) || (known !== null && isAt(repository, known)),
      ) ?? null
    )
  }
  return {
    orgId: grant.orgId,
    name: grant.runId,
    isRun: true,
    async permit({ address }) {
      if (granted(address) !== null) return { kind: 'granted', address }
      return {
        kind: 'refused',
        fault: new Fault(
          'repository.not-granted',
          `${formatRepositoryAddress(address)} is not among: ${list(grant.repositories)}.`,
        ),
      }
    },
    refusePush({ address }, updates) {
      const repository = granted(address)
      return repository === null
        ? updates.map(({ ref }) => ({ ref, reason: 'not a repository of this run' }))
        : refuseWhole(updates, repository.pushBranch)
    },
    followRename(from, to) {
      if (!isFollowable(from, to)) return false
      renames.add(grant.runId, { from: renames.originOf(grant.runId, from) ?? from, to })
      return true
    },
    async record({ request, ok, detail }) {
      const event = {
        type: 'git.accessed',
        repository: formatRepositoryAddress(request.address),
        operation: request.operation,
        ok,
      } as const
      await recorder.record(grant, detail === undefined ? event : { ...event, detail })
    },
  }
}

function isAt(repository: RunRepository, address: RepositoryAddress): boolean {
  const own = addressOf(repository)
  return own !== null && isSameRepository(own, address)
}

function addressOf({ url }: RunRepository): RepositoryAddress | null {
  const address = parseRepositoryAddress(url)
  return address.kind === 'invalid' ? null : address
}

function list(repositories: readonly RunRepository[]): string {
  return repositories.length === 0 ? 'none' : repositories.map(({ name }) => name).join(', ')
}
