import { PRICES, REGION_SURCHARGE, WEB_SEARCH_USD } from './prices.ts'

/** What one model call used, as the provider reported it. */
export interface CallUsage {
  /** Neither read from a cache nor written to one. */
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWrite5mTokens: number
  readonly cacheWrite1hTokens: number
  readonly webSearches: number
  /** `standard`, or a name of a faster and dearer mode; null when it was not reported. */
  readonly speed: string | null
  /** Where the call was made to run; null when it was not reported. */
  readonly region: string | null
}

export const NO_USAGE: CallUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  webSearches: 0,
  speed: null,
  region: null,
}

/**
 * The list price of a call in USD; null when it is not known (a model that is not in the table, a speed with
 * another price). `model` may carry a date (`-20260101`) or a context size (`[1m]`): both cost the same.
 */
export function priceOf(model: string, usage: CallUsage): number | null {
  const price = priceEntry(model)
  if (price === null) return null
  if (usage.speed !== null && usage.speed !== 'standard') return null
  const promptTokens = usage.inputTokens + usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens
  const rate = price.longPrompt !== undefined && promptTokens > price.longPrompt.overTokens ? price.longPrompt : price
  const perMillion =
    usage.inputTokens * rate.input +
    usage.outputTokens * rate.output +
    usage.cacheReadTokens * rate.cacheRead +
    usage.cacheWrite5mTokens * rate.cacheWrite5m +
    usage.cacheWrite1hTokens * rate.cacheWrite1h
  const surcharge = price.hasRegionSurcharge && usage.region === 'us' ? REGION_SURCHARGE : 1
  return (perMillion / 1_000_000) * surcharge + usage.webSearches * WEB_SEARCH_USD
}

function priceEntry(model: string) {
  const name = model.replace(/\[[^\]]*\]$/, '').replace(/-20\d{6}$/, '')
  return Object.hasOwn(PRICES, name) ? (PRICES[name] ?? null) : null
}
