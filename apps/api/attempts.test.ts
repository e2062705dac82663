import { expect, test } from 'vitest'
import { countAttempts } from './attempts.ts'

test('an address that tried too many wrong tokens is refused until its minute is over; others are not', () => {
  let now = new Date('2026-01-01T12:00:00Z')
  const attempts = countAttempts({ limit: 3, windowMs: 60_000, now: () => now })
  for (let n = 0; n < 3; n++) {
    expect(attempts.isOver('192.0.2.1')).toBe(false)
    attempts.failed('192.0.2.1')
  }
  expect(attempts.isOver('192.0.2.1')).toBe(true)
  expect(attempts.isOver('192.0.2.2')).toBe(false)
  now = new Date('2026-01-01T12:01:00Z')
  expect(attempts.isOver('192.0.2.1')).toBe(false)
})
