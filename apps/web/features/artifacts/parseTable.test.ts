import { expect, test } from 'vitest'
import { parseTable, separatorOf } from './parseTable.ts'

const cases = {
  'plain rows': [
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  'separators, quotes and line ends in quotes': [
    '"a, ""b""",c\n"x\ny",2',
    [
      ['a, "b"', 'c'],
      ['x\ny', '2'],
    ],
  ],
  'Windows line ends, a mark at the start, empty lines': [
    '\uFEFFa,b\r\n\r\n1,\r\n',
    [
      ['a', 'b'],
      ['1', ''],
    ],
  ],
  'a quote that never ends takes the rest': ['a,"b\n1,2', [['a', 'b\n1,2']]],
  'a quote in the middle is a quote': ['5" disk,x', [['5" disk', 'x']]],
  nothing: ['', []],
} as const

test.each(Object.entries(cases))('%s', (_, [text, rows]) => {
  expect(parseTable(text, ',')).toEqual(rows)
})

test('the separator is what the file uses', () => {
  expect(separatorOf('x.tsv', 'a,b')).toBe('\t')
  expect(separatorOf('x.csv', 'a;b;c\n1,2;3;4')).toBe(';')
  expect(separatorOf('x.csv', 'a,b')).toBe(',')
})
