import { money } from '../../ui/format/amount.ts'
import { roughly } from '../../ui/format/time.ts'
import type { Preflight } from './task.ts'

/** `Tasks like this took 6 to 14 min and $0.40 to $1.10`. */
export function estimateWords({ ms, costUsd }: NonNullable<Preflight['estimate']>, isScript = false): string {
  const cost = costUsd === null || isScript ? '' : ` and ${range(costUsd, money)}`
  return `Tasks like this took ${range(ms, (n) => roughly(Math.max(1_000, n)))}${cost}`
}

/** The unit is said once where both have the same one. */
function range({ low, high }: { low: number; high: number }, words: (n: number) => string): string {
  const [from, to] = [words(low), words(high)]
  if (from === to) return to
  const unit = to.split(' ')[1]
  return `${unit !== undefined && from.endsWith(` ${unit}`) ? from.slice(0, -unit.length - 1) : from} to ${to}`
}
