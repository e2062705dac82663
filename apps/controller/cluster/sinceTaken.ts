import type { Seen } from '@errand/domain'

/** A run's patience with its sandbox begins when it gets it, however long a warm one has waited before. */
export function sinceTaken(seen: Seen, takenAt: Date | null): Seen {
  if (seen.kind !== 'running' || takenAt === null || takenAt <= seen.since) return seen
  return { ...seen, since: takenAt }
}
