import type { RunId } from '@errand/contracts'
import { isSameRepository, type RepositoryAddress } from '@errand/domain'

/**
 * Where hosts said that a run's repositories have moved. Git asks the old address first and then stays with the new
 * one, so the grant for the old has to cover the new. Lost with the process: the next fetch finds out again.
 */
export interface Renames {
  add(runId: RunId, rename: Rename): void
  /** The address under which the run knows this one, or null. */
  originOf(runId: RunId, address: RepositoryAddress): RepositoryAddress | null
}

export interface Rename {
  readonly from: RepositoryAddress
  readonly to: RepositoryAddress
}

const MAX_RUNS = 5_000
const MAX_PER_RUN = 100

export function createRenames(): Renames {
  const runs = new Map<RunId, Rename[]>()
  return {
    add(runId, rename) {
      const known = runs.get(runId) ?? []
      runs.delete(runId)
      runs.set(runId, [...known.filter(({ to }) => !isSameRepository(to, rename.to)), rename].slice(-MAX_PER_RUN))
      const oldest = runs.keys().next().value
      if (runs.size > MAX_RUNS && oldest !== undefined) runs.delete(oldest)
    },
    originOf(runId, address) {
      return runs.get(runId)?.find(({ to }) => isSameRepository(to, address))?.from ?? null
    },
  }
}

/** Only on the same host, and from http up to https: another host could lead to what was never granted. */
export function isFollowable(from: RepositoryAddress, to: RepositoryAddress): boolean {
  if (from.kind === 'local' || to.kind === 'local' || from.target.host !== to.target.host) return false
  if (from.scheme === to.scheme) return from.target.port === to.target.port
  return from.scheme === 'http' && to.scheme === 'https' && from.target.port === 80 && to.target.port === 443
}
