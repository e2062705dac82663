import { expect, test } from 'vitest'
import { failingLines } from './failingLines.ts'

const many = (n: number): string[] => Array.from({ length: n }, (_, index) => `line ${index}`)

test('the line that says what went wrong, with what stood around it', () => {
  const { lines, hit } = failingLines([...many(20), '\u001B[31mError: no such file\u001B[0m', ...many(20)].join('\n'))
  expect(lines).toHaveLength(12)
  expect(lines[hit ?? -1]).toBe('Error: no such file')
})

test('a plain word for it wins over one that stands earlier', () => {
  const { lines, hit } = failingLines('could not reach cache, going on\nok 1\nnot ok 2 - the last day')
  expect(lines[hit ?? -1]).toBe('not ok 2 - the last day')
})

test('a count of nothing is no failure', () => {
  const { lines, hit } = failingLines('12 passed, 0 failed\n# fail 0\nfatal: bad object')
  expect(lines[hit ?? -1]).toBe('fatal: bad object')
})

test('without such a line the end is shown, and nothing of nothing', () => {
  expect(failingLines(many(30).join('\n'))).toEqual({ lines: many(30).slice(-11), hit: null })
  expect(failingLines('')).toEqual({ lines: [], hit: null })
})
