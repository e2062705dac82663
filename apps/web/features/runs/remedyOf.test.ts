import { expect, test } from 'vitest'
import { remedyOf } from './remedyOf.ts'
import { AGENT, aRun, failed, finished, stateAfter } from './test/support/aRun.ts'

const after = (code: Parameters<typeof failed>[0]) => aRun({ state: stateAfter(...AGENT, failed(code)) })

test('what ran out is doubled, and the button says to what', () => {
  expect(remedyOf(after('sandbox.out-of-memory'))).toEqual({
    kind: 'retry',
    label: 'Retry with 8 GiB',
    change: { memoryMib: 8192 },
  })
  expect(remedyOf(after('run.deadline'))).toEqual({
    kind: 'retry',
    label: 'Retry with 2 h',
    change: { deadlineMinutes: 120 },
  })
  expect(remedyOf(after('run.budget'))).toEqual({ kind: 'retry', label: 'Retry with $4.00', change: { budgetUsd: 4 } })
})

test('a missing key leads to where it is set, what passes by itself is tried again', () => {
  expect(remedyOf(after('credential.missing'))).toMatchObject({ kind: 'go', href: '/credentials' })
  expect(remedyOf(after('run.lost'))).toEqual({ kind: 'retry', label: 'Retry' })
})

test('what only a look can tell, and what did not fail, has none', () => {
  expect(remedyOf(after('verify.failed'))).toBeNull()
  expect(remedyOf(aRun({ state: stateAfter(...AGENT, finished()) }))).toBeNull()
})
