import type { RunFaultCode } from '@errand/contracts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const UNTIL_DEADLINE = 366 * 24 * 60 * MINUTE

/**
 * How long a sandbox that waits for something is left to wait. What can come by itself (room, quota, a turn in the
 * queue, the cluster's API) has time; what only a person can mend is told soon, after the tries that a passing trouble
 * of a registry or a kubelet needs.
 */
const PATIENCE_MS: Partial<Record<RunFaultCode, number>> = {
  'image.unusable': 20 * SECOND,
  'image.slow': 20 * MINUTE,
  // A kubelet tries again every 10 to 15 s, and a busy node's network may need more than one try.
  'sandbox.start-error': 45 * SECOND,
  'cluster.denied': 0,
  'cluster.unschedulable': 10 * MINUTE,
  'cluster.quota': UNTIL_DEADLINE,
  'cluster.queue': UNTIL_DEADLINE,
  'cluster.unreachable': UNTIL_DEADLINE,
}

/** Milliseconds. */
export function patienceFor(code: RunFaultCode): number {
  return PATIENCE_MS[code] ?? MINUTE
}
