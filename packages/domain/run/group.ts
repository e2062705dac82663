import type { RunStatus } from '@errand/contracts'

/** Where a run stands in somebody's list, in the order in which they are shown. */
export const RUN_GROUPS = ['needs', 'review', 'running', 'queued', 'done'] as const
export type RunGroup = (typeof RUN_GROUPS)[number]

/** Null when it is out of the way: over and archived. */
export function runGroupOf(run: {
  readonly status: RunStatus
  readonly isUnseen: boolean
  readonly isArchived: boolean
}): RunGroup | null {
  switch (run.status) {
    case 'waiting':
      return 'needs'
    case 'queued':
      return 'queued'
    case 'starting':
    case 'running':
    case 'verifying':
      return 'running'
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      if (run.isArchived) return null
      return run.isUnseen ? 'review' : 'done'
  }
}

/** The statuses of a group that statuses alone decide. */
export const STATUSES_OF_GROUP = {
  needs: ['waiting'],
  running: ['starting', 'running', 'verifying'],
  queued: ['queued'],
} as const satisfies Partial<Record<RunGroup, readonly RunStatus[]>>
