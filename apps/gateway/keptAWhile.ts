export interface KeptAWhile<K, T> {
  readonly read: (key: K) => Promise<T>
  readonly forget: (key: K) => void
}

const MAX_KEPT = 1_000

/** Remembers what was read for so long, so that a burst asks the database once. A reading that failed is not kept. */
export function keptAWhile<K, T>(
  read: (key: K) => Promise<T>,
  { keepMs, nameOf, now }: { keepMs: number; nameOf: (key: K) => string; now: () => Date },
): KeptAWhile<K, T> {
  const kept = new Map<string, { readonly until: number; readonly value: Promise<T> }>()
  return {
    read(key) {
      const name = nameOf(key)
      const at = now().getTime()
      const known = kept.get(name)
      if (known !== undefined && known.until > at) return known.value
      const value = read(key)
      const entry = { until: at + keepMs, value }
      kept.delete(name)
      kept.set(name, entry)
      value.catch(() => {
        if (kept.get(name) === entry) kept.delete(name)
      })
      const oldest = kept.keys().next().value
      if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
      return value
    },
    forget: (key) => void kept.delete(nameOf(key)),
  }
}
