import { RUN_STATUSES, type RunStatus } from '@errand/contracts'
import { expect, test } from 'vitest'
import { type RunGroup, runGroupOf, STATUSES_OF_GROUP } from './group.ts'

const GROUPS: Record<RunStatus, { unseen: RunGroup; seen: RunGroup; archived: RunGroup | null }> = {
  queued: { unseen: 'queued', seen: 'queued', archived: 'queued' },
  starting: { unseen: 'running', seen: 'running', archived: 'running' },
  running: { unseen: 'running', seen: 'running', archived: 'running' },
  waiting: { unseen: 'needs', seen: 'needs', archived: 'needs' },
  verifying: { unseen: 'running', seen: 'running', archived: 'running' },
  succeeded: { unseen: 'review', seen: 'done', archived: null },
  failed: { unseen: 'review', seen: 'done', archived: null },
  cancelled: { unseen: 'review', seen: 'done', archived: null },
}

test.each(RUN_STATUSES)('a %s run stands in one group, whatever was done with it', (status) => {
  const expected = GROUPS[status]
  expect(runGroupOf({ status, isUnseen: true, isArchived: false })).toBe(expected.unseen)
  expect(runGroupOf({ status, isUnseen: false, isArchived: false })).toBe(expected.seen)
  expect(runGroupOf({ status, isUnseen: false, isArchived: true })).toBe(expected.archived)
})

test('the statuses that are asked for are those of the group', () => {
  for (const [group, statuses] of Object.entries(STATUSES_OF_GROUP))
    for (const status of statuses) expect(runGroupOf({ status, isUnseen: false, isArchived: false })).toBe(group)
})
