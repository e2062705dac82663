import type { Seen } from '@errand/domain'
import { expect, test } from 'vitest'
import { sinceTaken } from './sinceTaken.ts'

const started = new Date('2026-01-01T00:00:00Z')
const later = new Date('2026-01-01T06:00:00Z')
const placed = { node: 'n1', images: 'on the node already' }
const warm = { createdAt: started, takenAt: later }
const cold = { createdAt: started, takenAt: started }

test('a warm sandbox that has waited for hours is not taken for one that never reported', () => {
  expect(sinceTaken({ kind: 'running', since: started }, warm)).toEqual({ kind: 'running', since: later })
})

test('a sandbox that was made for its run is as old as its pod', () => {
  expect(sinceTaken({ kind: 'running', since: later }, cold)).toEqual({ kind: 'running', since: later })
  expect(sinceTaken({ kind: 'running', since: started }, { ...cold, takenAt: null })).toEqual({
    kind: 'running',
    since: started,
  })
  expect(sinceTaken({ kind: 'nothing' }, warm)).toEqual({ kind: 'nothing' })
})

test('where a sandbox was placed is told of the run it was made for, to its end, and of no run that took it warm', () => {
  const over = { kind: 'exited', exitCode: 0, isOutOfMemory: false } as const
  for (const seen of [{ kind: 'running', since: started }, over] satisfies Seen[]) {
    expect(sinceTaken({ ...seen, placed }, cold)).toHaveProperty('placed', placed)
    expect(sinceTaken({ ...seen, placed }, warm)).not.toHaveProperty('placed')
  }
})
