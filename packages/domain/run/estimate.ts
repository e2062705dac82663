/** What similar runs took: between a quarter and three quarters of them lie between these. */
export interface Estimate {
  readonly runs: number
  readonly ms: { readonly low: number; readonly high: number }
  /** Null when too few of them had a known price. */
  readonly costUsd: { readonly low: number; readonly high: number } | null
}

/** Fewer say nothing about the next one. */
const FEWEST = 3

export function estimateOf(
  samples: readonly { readonly ms: number; readonly costUsd: number | null }[],
): Estimate | null {
  if (samples.length < FEWEST) return null
  const costs = samples.flatMap(({ costUsd }) => (costUsd === null ? [] : [costUsd]))
  return {
    runs: samples.length,
    ms: middleOf(samples.map(({ ms }) => ms)),
    costUsd: costs.length < FEWEST ? null : middleOf(costs),
  }
}

function middleOf(values: readonly number[]): { low: number; high: number } {
  const sorted = values.toSorted((a, b) => a - b)
  return { low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) }
}

/** Linear between the two neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share
  const below = sorted[Math.floor(at)] ?? 0
  const above = sorted[Math.ceil(at)] ?? below
  return below + (above - below) * (at - Math.floor(at))
}
