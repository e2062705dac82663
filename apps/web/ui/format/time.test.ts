import { expect, test } from 'vitest'
import { ago, clock, clockWithSeconds, duration, exactly, roughly } from './time.ts'

const durations = {
  '0 s': 0,
  '0.8 s': 800,
  '9.9 s': 9_940,
  '10 s': 9_950,
  '42 s': 42_400,
  '1 min': 60_000,
  '6 min 40 s': 400_000,
  '3 h 5 min': 11_100_000,
  '2 d 4 h': 187_200_000,
}

test.each(Object.entries(durations))('a length of time is said in words: %s', (words, ms) => {
  expect(duration(ms)).toBe(words)
})

test('a column says the age in one unit and never rounds it up', () => {
  expect([0, 59_999, 60_000, 3_599_000, 47 * 3_600_000, 48 * 3_600_000].map(roughly)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '59 min',
    '47 h',
    '2 d',
  ])
})

test('what just happened is now; the past and the future say which they are', () => {
  const now = Date.parse('2026-03-03T14:00:00Z')
  expect(['2026-03-03T13:59:59Z', '2026-03-03T13:54:00Z', '2026-03-03T14:06:00Z'].map((at) => ago(at, now))).toEqual([
    'now',
    '6 min ago',
    'in 6 min',
  ])
})

test("the clock is the reader's: the same moment is another hour, and another day, elsewhere", () => {
  const now = Date.parse('2026-03-03T23:30:00Z')
  const at = '2026-03-03T22:05:00Z'
  expect(clock(at, { now, zone: 'UTC' })).toBe('22:05')
  expect(clock(at, { now, zone: 'Europe/Berlin' })).toBe('yesterday 23:05')
  expect(clock('2026-02-28T09:00:00Z', { now, zone: 'UTC' })).toBe('Sat 09:00')
  expect(clock('2026-01-05T09:00:00Z', { now, zone: 'UTC' })).toBe('5 Jan')
  expect(clock('2025-12-31T09:00:00Z', { now, zone: 'UTC' })).toBe('31 Dec 2025')
})

test('a title holds the exact time with its zone', () => {
  expect(exactly('2026-03-03T14:02:07Z', 'UTC')).toBe('3 March 2026, 14:02:07 UTC')
  expect(clockWithSeconds('2026-03-03T00:02:07Z', 'UTC')).toBe('00:02:07')
})
