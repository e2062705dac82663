/** Counts what was refused to an address. */
export interface RefusalLimit {
  isReached(address: string): boolean
  count(address: string): void
}

/** What a node's worth of pods may get wrong at once when all of them come from its address, and how fast that wears off. */
const BURST = 200
const A_SECOND = 20
const MAX_ADDRESSES = 10_000

/** A ticket cannot be guessed, and nobody is let try for long. What is granted or waits counts nothing. */
export function createRefusalLimit(now: () => number): RefusalLimit {
  const seen = new Map<string, { refused: number; at: number }>()
  const refusedLately = (address: string): number => {
    const one = seen.get(address)
    return one === undefined ? 0 : Math.max(0, one.refused - ((now() - one.at) / 1000) * A_SECOND)
  }
  return {
    isReached: (address) => refusedLately(address) >= BURST,
    count(address) {
      const refused = refusedLately(address) + 1
      // Last used last: the one that was silent longest is forgotten first.
      seen.delete(address)
      seen.set(address, { refused, at: now() })
      const oldest = seen.keys().next().value
      if (seen.size > MAX_ADDRESSES && oldest !== undefined) seen.delete(oldest)
    },
  }
}
