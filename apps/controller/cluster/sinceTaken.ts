import type { Seen } from '@errand/domain'

/**
 * A run's patience with its sandbox begins when it gets it, however long a warm one has waited before; and that one came to
 * its node long before the run.
 */
export function sinceTaken(seen: Seen, takenAt: Date | null): Seen {
  if (seen.kind !== 'running' || takenAt === null || takenAt <= seen.since) return seen
  const { placed: _, ...rest } = seen
  return { ...rest, since: takenAt }
}
