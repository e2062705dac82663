import { expect, test } from 'vitest'
import { commandOf } from './commandOf.ts'
import { estimateWords } from './estimateWords.ts'
import { freeName } from './freeName.ts'
import { recentFirst } from './recentFirst.ts'
import { choicesOf, NO_TASK, preflightOf, withChange } from './task.ts'

test('a field that is given back to the agent is gone, not undefined', () => {
  expect(withChange({ ...NO_TASK, agent: 'fixer', budgetUsd: 2 }, { agent: undefined, prompt: 'x' })).toEqual({
    prompt: 'x',
    inputs: [],
    budgetUsd: 2,
  })
})

test('after a task was sent its choices stay, its text and files do not', () => {
  const file = { name: 'a', sha256: 'b', sizeBytes: 1 }
  const task = { prompt: 'x', inputs: [file], agent: 'fixer' }
  expect(choicesOf(task)).toEqual({ prompt: '', inputs: [], agent: 'fixer' })
  expect(preflightOf(task)).toEqual({ agent: 'fixer' })
})

test('the command does the same, whatever stands in the text', () => {
  expect(commandOf({ prompt: "don't", inputs: [], repositories: [{ repository: 'local/app', branch: 'dev' }] })).toBe(
    String.raw`errand run 'don'\''t' --repo 'local/app#dev'`,
  )
  expect(commandOf({ prompt: 'x', inputs: [], repositories: [], verify: 'npm test', budgetUsd: 2 })).toBe(
    `errand run 'x' --no-repo --budget 2 --verify 'npm test'`,
  )
})

test('the unit of an estimate is said once', () => {
  const minutes = { low: 6 * 60_000, high: 14 * 60_000 }
  expect(estimateWords({ runs: 9, ms: minutes, costUsd: { low: 0.4, high: 1.1 } })).toBe(
    'Tasks like this took 6 to 14 min and $0.40 to $1.10',
  )
  expect(estimateWords({ runs: 9, ms: { low: 40_000, high: 130_000 }, costUsd: null })).toBe(
    'Tasks like this took 40 s to 2 min',
  )
})

test('files that are called the same are told apart', () => {
  expect(freeName('image.png', new Set(['image.png', 'image-2.png']))).toBe('image-3.png')
  expect(freeName('../a/b', new Set())).toBe('..-a-b')
  expect(freeName('..', new Set(['file']))).toBe('file-2')
})

test('what was used last comes first', () => {
  const used = (createdAt: string, lastUsedAt: string | null) => ({ createdAt, lastUsedAt })
  const [a, b, c] = [used('2026-03-01', null), used('2026-01-01', '2026-01-02'), used('2026-01-01', '2026-02-01')]
  expect(recentFirst([a, b, c])).toEqual([c, b, a])
})
