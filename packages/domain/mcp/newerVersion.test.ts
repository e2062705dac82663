import { expect, test } from 'vitest'
import { isNewerVersion } from './newerVersion.ts'

test.each([
  ['0.10.0', '0.9.1', true],
  ['2026.10.19', '2026.8.31', true],
  ['1.0.0', '1.0.0-rc.1', true],
  ['1.0.0', '1.0', false],
  ['1.0.0-rc.2', '1.0.0', false],
  ['latest', '1.0.0', false],
])('%s is ahead of %s: %s', (next, version, isAhead) => {
  expect(isNewerVersion(next, version)).toBe(isAhead)
})
