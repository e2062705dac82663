import { expect, test } from 'vitest'
import { fits } from './fits.ts'

const DEMO = ['demo', 'Shows a whole run without any key, mends the demo repository.']

test.each([
  ['dark theme', ['Dark theme'], 1],
  ['theme dark', ['Dark theme'], 0.6],
  ['dark theme', DEMO, 0],
  ['whole', DEMO, 0.3],
  ['DEMO', DEMO, 1],
  ['boundary', ['Boundary'], 1],
])('%j against %j: %d', (typed, keywords, score) => {
  expect(fits('value', typed, keywords)).toBe(score)
})
