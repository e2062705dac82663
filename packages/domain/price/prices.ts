/**
 * List prices of the Messages API in USD per million tokens, as of 2026-10-24, by
 * https://platform.claude.com/docs/en/about-claude/pricing and the pages of the models beside it.
 * A model that is not here has no known price: its calls count as "cost unknown", never as a guess.
 * When a price changes, change the date too.
 */
export const PRICES_AS_OF = '2026-10-24'

export interface TokenPrice {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
}

export interface ModelPrice extends TokenPrice {
  /** Holds for every token of a request whose prompt (fresh, read and written to the cache) is longer than this. */
  readonly longPrompt?: TokenPrice & { readonly overTokens: number }
  /** Models that can be told where to run cost more when told. */
  readonly hasRegionSurcharge: boolean
}

const opus5: ModelPrice = {
  input: 5,
  output: 25,
  cacheRead: 0.5,
  cacheWrite5m: 6.25,
  cacheWrite1h: 10,
  hasRegionSurcharge: true,
}
const sonnet4: ModelPrice = {
  input: 3,
  output: 15,
  cacheRead: 0.3,
  cacheWrite5m: 3.75,
  cacheWrite1h: 6,
  hasRegionSurcharge: false,
}
const opus4: ModelPrice = {
  input: 15,
  output: 75,
  cacheRead: 1.5,
  cacheWrite5m: 18.75,
  cacheWrite1h: 30,
  hasRegionSurcharge: false,
}
const fable5: ModelPrice = {
  input: 10,
  output: 50,
  cacheRead: 1,
  cacheWrite5m: 12.5,
  cacheWrite1h: 20,
  hasRegionSurcharge: true,
}
const sonnet5: ModelPrice = {
  input: 2,
  output: 10,
  cacheRead: 0.2,
  cacheWrite5m: 2.5,
  cacheWrite1h: 4,
  hasRegionSurcharge: true,
}

export const PRICES: Readonly<Record<string, ModelPrice>> = {
  'claude-fable-5-1': { ...fable5, cacheRead: 0.25 },
  'claude-fable-5': fable5,
  'claude-opus-5-5': {
    input: 4,
    output: 20,
    cacheRead: 0.2,
    cacheWrite5m: 5,
    cacheWrite1h: 8,
    hasRegionSurcharge: true,
  },
  'claude-opus-5': opus5,
  'claude-opus-4-8': opus5,
  'claude-opus-4-7': opus5,
  'claude-opus-4-6': opus5,
  'claude-opus-4-5': { ...opus5, hasRegionSurcharge: false },
  'claude-opus-4-1': opus4,
  'claude-opus-4': opus4,
  // Cache reads halved on 2026-10-07.
  'claude-sonnet-5-5': { ...sonnet5, cacheRead: 0.1 },
  'claude-sonnet-5': sonnet5,
  'claude-sonnet-4-6': { ...sonnet4, hasRegionSurcharge: true },
  'claude-sonnet-4-5': sonnet4,
  'claude-sonnet-4': sonnet4,
  'claude-haiku-5-5': {
    input: 0.1,
    output: 0.5,
    cacheRead: 0.01,
    cacheWrite5m: 0.125,
    cacheWrite1h: 0.2,
    longPrompt: { overTokens: 100_000, input: 0.5, output: 2.5, cacheRead: 0.05, cacheWrite5m: 0.625, cacheWrite1h: 1 },
    hasRegionSurcharge: true,
  },
  'claude-haiku-4-5': {
    input: 1,
    output: 5,
    cacheRead: 0.1,
    cacheWrite5m: 1.25,
    cacheWrite1h: 2,
    hasRegionSurcharge: false,
  },
}

/** $10 for 1,000 searches of the server-side web search tool, on top of its tokens. */
export const WEB_SEARCH_USD = 0.01
/** For `inference_geo: "us"`. */
export const REGION_SURCHARGE = 1.1
