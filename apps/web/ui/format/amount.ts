/** `$0.62`; below a cent as much as is needed to tell it from nothing: `$0.004`. Unknown is `not known`, never 0. */
export function money(usd: number | null): string {
  if (usd === null) return 'not known'
  if (usd !== 0 && Math.abs(usd) < 0.01) return `$${usd.toFixed(usd < 0.001 ? 4 : 3)}`
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
}

/** `$0.62 of $2.00`; without a limit the sum alone. `isLowerBound`: some call had no known price. */
export function moneyOf(usd: number, limit: number | null, isLowerBound = false): string {
  const spent = isLowerBound ? `at least ${money(usd)}` : money(usd)
  return limit === null ? spent : `${spent} of ${money(limit)}`
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `840 B`, `3.4 KiB`, `1.2 GiB`. */
export function size(bytes: number): string {
  let left = bytes
  let unit = 0
  while (left >= 1023.5 && unit < UNITS.length - 1) {
    left /= 1024
    unit += 1
  }
  const shown = unit === 0 || left >= 99.95 ? Math.round(left).toString() : left.toFixed(1).replace(/\.0$/, '')
  return `${shown} ${UNITS[unit] ?? 'B'}`
}

/** `1,840`. */
export function count(n: number): string {
  return n.toLocaleString('en-US')
}

/** `1 run`, `3 runs`, `1,840 runs`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`
}

/** `1st`, `2nd`, `3rd`, `11th`: a place in line. */
export function ordinal(n: number): string {
  const rest = n % 100
  if (rest >= 11 && rest <= 13) return `${n}th`
  return `${n}${['th', 'st', 'nd', 'rd'][n % 10] ?? 'th'}`
}

/** `4.1k tokens` for columns, exact below ten thousand. */
export function tokens(n: number): string {
  if (n < 10_000) return count(n)
  if (n < 1_000_000) return `${(n / 1000).toFixed(n < 100_000 ? 1 : 0).replace(/\.0$/, '')}k`
  return `${(n / 1_000_000).toFixed(2).replace(/\.?0+$/, '')}M`
}
