/** Counts wrong tokens per address in a fixed window. Bounded: the oldest address is forgotten for a new one. */
export interface Attempts {
  /** True when this address has used up its attempts for now. */
  isOver(address: string): boolean
  failed(address: string): void
}

const MAX_ADDRESSES = 10_000

export function countAttempts(options: { limit: number; windowMs: number; now: () => Date }): Attempts {
  const seen = new Map<string, { count: number; until: number }>()

  function current(address: string): { count: number; until: number } | undefined {
    const entry = seen.get(address)
    if (entry === undefined || entry.until > options.now().getTime()) return entry
    seen.delete(address)
    return undefined
  }

  return {
    isOver: (address) => (current(address)?.count ?? 0) >= options.limit,
    failed: (address) => {
      const entry = current(address) ?? { count: 0, until: options.now().getTime() + options.windowMs }
      seen.set(address, { ...entry, count: entry.count + 1 })
      const [oldest] = seen.keys()
      if (seen.size > MAX_ADDRESSES && oldest !== undefined) seen.delete(oldest)
    },
  }
}
