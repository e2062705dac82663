/** What every benchmark prints: one JSON line. `value` and `peer` have the unit that the bench's name or note says. */
export interface Report {
  readonly bench: string
  readonly value: number
  /** The same measured on what it is compared with, in the same run; null when the bar is absolute. */
  readonly peer: number | null
  readonly ratio: number | null
  readonly bar: string
  /** Whether the bar holds. A bar that is missed is a result, not an error: the exit code stays 0. */
  readonly ok: boolean
  readonly note?: string
}

export function report(result: Report): void {
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

/** The p-th percentile (0 to 1) of the samples, nearest rank. */
export function percentile(samples: readonly number[], p: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)]
  if (value === undefined) throw new Error('no samples')
  return value
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}
