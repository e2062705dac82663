import { RUN_FAULT_CODES, RUN_FAULTS } from '@errand/contracts'
import { expect, test } from 'vitest'
import { mendText, type More, moreOf, remediesOf } from './remedies.ts'

const run = {
  limits: { memoryMib: 4096, deadlineMinutes: 60, maxTurns: 20 },
  budgetUsd: 5,
  runtime: 'claude-code',
} as const

test('every code has something to press, and a run can end with what the runner says it ended with', () => {
  for (const code of RUN_FAULT_CODES) expect(remediesOf(code).length).toBeGreaterThan(0)
  expect(RUN_FAULTS['run.budget'].endsRun).toBe(true)
  expect(remediesOf('sandbox.out-of-memory')[0]).toEqual({ kind: 'more', of: 'memory' })
})

const doubled: Record<More, [unknown, string]> = {
  memory: [{ memoryMib: 8192 }, '8 GiB'],
  time: [{ deadlineMinutes: 120 }, '2 h'],
  budget: [{ budgetUsd: 10 }, '$10.00'],
  turns: [{ maxTurns: 40 }, '40 turns'],
}

test.each(Object.entries(doubled))('more %s is twice as much, in words of its own unit', (what, [change, words]) => {
  expect(moreOf(what as More, run)).toEqual({ change, words })
})

test('where there is no limit nothing is offered, and no run is given more than a day', () => {
  expect(moreOf('budget', { ...run, budgetUsd: null })).toBeNull()
  expect(moreOf('turns', { ...run, limits: { ...run.limits, maxTurns: null } })).toBeNull()
  expect(moreOf('time', { ...run, limits: { ...run.limits, deadlineMinutes: 1000 } })?.change).toEqual({
    deadlineMinutes: 1440,
  })
})

test('a follow-up that mends is told the command and what it printed', () => {
  const evidence = { command: 'npm test', exitCode: 1, ms: 5, output: '1 failing\n' }
  expect(mendText({ evidence } as Parameters<typeof mendText>[0])).toBe(
    'Make `npm test` pass. It ended with exit code 1; its last output was:\n\n1 failing',
  )
})
