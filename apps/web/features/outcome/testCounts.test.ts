import { expect, test } from 'vitest'
import { testCounts } from './testCounts.ts'

const said = {
  'node:test': ['# tests 4\n# pass 3\n# fail 1\n', '3 passed, 1 failed'],
  'node:test, spec': ['ℹ tests 3\nℹ pass 3\nℹ fail 0', '3 passed, 0 failed'],
  vitest: [' Test Files  4 passed (4)\n      Tests  1 failed | 49 passed (50)', '49 passed, 1 failed'],
  jest: ['Test Suites: 2 passed, 2 total\nTests:       1 failed, 7 passed, 8 total', '7 passed, 1 failed'],
  pytest: ['==== 2 failed, 5 passed in 0.12s ====', '5 passed, 2 failed'],
  mocha: ['  12 passing (30ms)\n  2 failing', '12 passed, 2 failed'],
  cargo: ['test result: ok. 8 passed; 0 failed; 0 ignored', '8 passed, 0 failed'],
} as const

test.each(Object.entries(said))('%s', (_, [output, words]) => {
  expect(testCounts(output)).toBe(words)
})

test('where nothing is counted nothing is claimed', () => {
  expect(testCounts('all good')).toBeNull()
})
