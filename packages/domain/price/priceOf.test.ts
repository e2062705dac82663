import { describe, expect, it } from 'vitest'
import { NO_USAGE, priceOf } from './priceOf.ts'
import { PRICES } from './prices.ts'

const million = 1_000_000

describe('the price of a model call', () => {
  const cases: Record<string, [string, Partial<typeof NO_USAGE>, number | null]> = {
    'adds input and output': ['claude-opus-5-5', { inputTokens: million, outputTokens: million }, 24],
    'charges cache reads at their own rate': ['claude-sonnet-5-5', { cacheReadTokens: million }, 0.1],
    'charges a cache kept for an hour more than one kept for five minutes': [
      'claude-opus-5',
      { cacheWrite5mTokens: million, cacheWrite1hTokens: million },
      16.25,
    ],
    'knows a model by its dated name': ['claude-haiku-4-5-20251001', { outputTokens: million }, 5],
    'knows a model with a larger context by its plain name': ['claude-opus-4-8[1m]', { inputTokens: million }, 5],
    'charges a long prompt at the higher rate, output included': [
      'claude-haiku-5-5',
      { inputTokens: 60_000, cacheReadTokens: 40_001, outputTokens: 1000 },
      (60_000 * 0.5 + 40_001 * 0.05 + 1000 * 2.5) / million,
    ],
    'charges a prompt at the threshold at the lower rate': ['claude-haiku-5-5', { inputTokens: 100_000 }, 0.01],
    'adds the surcharge of a fixed region': ['claude-opus-5', { inputTokens: million, region: 'us' }, 5.5],
    'has none where the model cannot be told': ['claude-sonnet-4-5', { inputTokens: million, region: 'us' }, 3],
    'adds web searches': ['claude-opus-5', { webSearches: 3 }, 0.03],
    'is unknown for a model that is not in the table': ['some-local-model', { inputTokens: 1 }, null],
    'is unknown for a model that only begins like one in the table': ['claude-opus-5-55', { inputTokens: 1 }, null],
    'is unknown for a name that every object has': ['constructor', { inputTokens: 1 }, null],
    'is unknown for a faster mode': ['claude-opus-5-5', { inputTokens: 1, speed: 'fast' }, null],
  }
  for (const [title, [model, usage, usd]] of Object.entries(cases)) {
    it(title, () => {
      const price = priceOf(model, { ...NO_USAGE, ...usage })
      if (usd === null) expect(price).toBeNull()
      else expect(price).toBeCloseTo(usd, 10)
    })
  }

  it('never has a cached token cost more than a fresh one, nor a written one less', () => {
    for (const price of Object.values(PRICES)) {
      expect(price.cacheRead).toBeLessThan(price.input)
      expect(price.cacheWrite5m).toBeGreaterThan(price.input)
      expect(price.cacheWrite1h).toBeGreaterThan(price.cacheWrite5m)
    }
  })
})
