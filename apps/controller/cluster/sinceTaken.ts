import type { Seen } from '@errand/domain'
import type { SandboxView } from '@errand/engine'

/**
 * A run's patience with its sandbox begins when it gets it, however long a warm one has waited before; and that one came to
 * its node long before the run.
 */
export function sinceTaken(seen: Seen, { createdAt, takenAt }: Pick<SandboxView, 'createdAt' | 'takenAt'>): Seen {
  if (seen.kind === 'nothing' || takenAt === null || takenAt <= createdAt) return seen
  const { placed: _, ...rest } = seen
  return rest.kind === 'running' && takenAt > rest.since ? { ...rest, since: takenAt } : rest
}
