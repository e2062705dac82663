import { expect, test } from 'vitest'
import { counted, money, moneyOf, ordinal, size, tokens } from './amount.ts'

test('a sum is exact to the cent, what is below a cent is not nothing, and the unknown is not zero', () => {
  expect([0, 0.62, 2, 1234.5, 0.004, 0.0004, null].map(money)).toEqual([
    '$0.00',
    '$0.62',
    '$2.00',
    '$1,234.50',
    '$0.004',
    '$0.0004',
    'not known',
  ])
})

test('a sum names its limit, and says when it is only a lower bound', () => {
  expect(moneyOf(0.62, 2)).toBe('$0.62 of $2.00')
  expect(moneyOf(0.62, null)).toBe('$0.62')
  expect(moneyOf(0.62, 2, true)).toBe('at least $0.62 of $2.00')
})

test('sizes keep two to three digits', () => {
  expect([0, 840, 1023, 1024, 3482, 1024 ** 2 * 120, 1024 ** 3 * 1.25].map(size)).toEqual([
    '0 B',
    '840 B',
    '1023 B',
    '1 KiB',
    '3.4 KiB',
    '120 MiB',
    '1.3 GiB',
  ])
})

test('counts and places in line read as a person says them', () => {
  expect([counted(1, 'run'), counted(1840, 'run'), counted(2, 'repository', 'repositories')]).toEqual([
    '1 run',
    '1,840 runs',
    '2 repositories',
  ])
  expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal).join(' ')).toBe(
    '1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th',
  )
  expect([9_999, 41_250, 412_000, 1_250_000].map(tokens)).toEqual(['9,999', '41.3k', '412k', '1.25M'])
})
