import { expect, test } from 'vitest'
import { estimateOf } from './estimate.ts'

const took = (...minutes: number[]) => minutes.map((one) => ({ ms: one * 60_000, costUsd: one / 10 }))

test('half of the runs lie in the range, and one that ran away does not move it', () => {
  const estimate = estimateOf(took(6, 8, 10, 12, 500))
  expect(estimate).toEqual({ runs: 5, ms: { low: 480_000, high: 720_000 }, costUsd: { low: 0.8, high: 1.2 } })
})

test('two runs are no experience', () => {
  expect(estimateOf(took(6, 8))).toBeNull()
  expect(estimateOf([])).toBeNull()
})

test('the cost is left out while too few runs had a known price', () => {
  const samples = took(1, 2, 3).map((one, index) => (index === 0 ? one : { ...one, costUsd: null }))
  expect(estimateOf(samples)?.costUsd).toBeNull()
})
