import { expect, test } from 'vitest'
import { happenedWords } from './happened.ts'

test.each([
  ['ENOENT ×10', 'Not there, 10 times'],
  ['EROFS ×5, ENOENT', 'Read-only, 5 times, not there'],
  ['ECONNREFUSED', 'Refused'],
  ['EWEIRD', 'EWEIRD'],
  ['HTTP/1.1 403 Forbidden', 'HTTP/1.1 403 Forbidden'],
  ['saw 3 processes', 'Saw 3 processes'],
])('%s reads as %s', (happened, words) => {
  expect(happenedWords(happened)).toBe(words)
})
