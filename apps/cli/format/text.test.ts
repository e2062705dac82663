import { describe, expect, test } from 'vitest'
import { count, duration, fit, money, oneLine, plain, size } from './text.ts'

describe('what comes out of a sandbox cannot act on the terminal', () => {
  const cases = {
    'a colour': ['\u001b[31mred\u001b[0m', 'red'],
    'a cleared screen': ['a\u001b[2J\u001b[Hb', 'ab'],
    'a window title': ['\u001b]0;owned\u0007text', 'text'],
    'a clipboard write that never ends': ['x\u001b]52;c;ZXZpbA==', 'x'],
    'a hyperlink': ['\u001b]8;;http://evil\u001b\\click\u001b]8;;\u001b\\', 'click'],
    'an eight-bit escape': ['a\u009b31mb', 'a31mb'],
    'a reversed name': ['ph\u202egnp.exe', 'phgnp.exe'],
    'a lone escape': ['a\u001b', 'a'],
    'plain Unicode as it is': ['größe 測試 🎉', 'größe 測試 🎉'],
  } as const
  test.each(Object.entries(cases))('%s', (_, [raw, shown]) => {
    expect(plain(raw)).toBe(shown)
  })

  test('a line stays one line', () => {
    expect(oneLine('a\r\n  b\n\nc\rd')).toBe('a b cd')
  })
})

test('numbers read as a person would write them', () => {
  expect([0, 840, 4200, 59_949, 59_960, 185_000, 7_800_000].map(duration)).toEqual([
    '0 ms',
    '840 ms',
    '4.2 s',
    '59.9 s',
    '1 min 00 s',
    '3 min 05 s',
    '2 h 10 min',
  ])
  expect([0, 999, 1000, 1234, 99_999, 999_999, 2_000_000_000].map(size)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.2 kB',
    '100 kB',
    '1.0 MB',
    '2.0 GB',
  ])
  expect([0, 0.0004, 0.02, 12.345].map(money)).toEqual(['$0.00', '$0.0004', '$0.02', '$12.35'])
  expect([7, 1234, 999_999].map(count)).toEqual(['7', '1.2k', '1.0M'])
  expect(fit('abcdef', 4)).toBe('abc…')
})
