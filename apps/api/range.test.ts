import { expect, test } from 'vitest'
import { parseRange } from './range.ts'

const cases = {
  'no header': [undefined, null],
  'the first bytes': ['bytes=0-3', { start: 0, end: 3 }],
  'from a byte on': ['bytes=7-', { start: 7, end: 9 }],
  'the last bytes': ['bytes=-4', { start: 6, end: 9 }],
  'more than there is': ['bytes=5-500', { start: 5, end: 9 }],
  'a longer tail than the file': ['bytes=-500', { start: 0, end: 9 }],
  'behind the end': ['bytes=10-', 'unsatisfiable'],
  'an empty tail': ['bytes=-0', 'unsatisfiable'],
  'backwards is no range': ['bytes=5-3', null],
  'several ranges are answered with the whole': ['bytes=0-1,3-4', null],
  'another unit': ['lines=1-2', null],
} as const

test.each(Object.entries(cases))('%s', (_, [header, range]) => {
  expect(parseRange(header, 10)).toEqual(range)
})
