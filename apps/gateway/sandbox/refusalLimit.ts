export interface Asker {
  readonly address: string
  readonly name: string
}

/** Counts what was refused to an address that speaks for a sandbox. */
export interface RefusalLimit {
  isReached(asker: Asker): boolean
  count(asker: Asker): void
}

/** What a pod may ask too early, and how fast that wears off. */
const BURST = 60
const A_SECOND = 5
const MAX_ASKERS = 10_000

/**
 * A ticket cannot be guessed, and nobody is let try for long. Counted for each sandbox: pods that share the address of
 * their node cannot shut the door to each other. What is granted or waits counts nothing.
 */
export function createRefusalLimit(now: () => number): RefusalLimit {
  const seen = new Map<string, { refused: number; at: number }>()
  const refusedLately = (key: string): number => {
    const one = seen.get(key)
    return one === undefined ? 0 : Math.max(0, one.refused - ((now() - one.at) / 1000) * A_SECOND)
  }
  return {
    isReached: (asker) => refusedLately(keyOf(asker)) >= BURST,
    count(asker) {
      const key = keyOf(asker)
      const refused = refusedLately(key) + 1
      // Last used last: the one that was silent longest is forgotten first.
      seen.delete(key)
      seen.set(key, { refused, at: now() })
      const oldest = seen.keys().next().value
      if (seen.size > MAX_ASKERS && oldest !== undefined) seen.delete(oldest)
    },
  }
}

function keyOf({ address, name }: Asker): string {
  return `${address} ${name}`
}
