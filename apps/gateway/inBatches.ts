/**
 * Writes things together that come while an earlier write of the same key is under way: the first goes at once, and under
 * load one write carries many. Resolves when what was given is written, in order.
 */
export function inBatches<K, T>(
  write: (key: K, items: readonly T[]) => Promise<void>,
): (key: K, item: T) => Promise<void> {
  const last = new Map<K, Promise<void>>()
  const waiting = new Map<K, { readonly items: T[]; readonly written: Promise<void> }>()
  return (key, item) => {
    const next = waiting.get(key)
    if (next !== undefined) {
      next.items.push(item)
      return next.written
    }
    const items = [item]
    const before = last.get(key) ?? Promise.resolve()
    const written: Promise<void> = before
      .catch(() => undefined)
      .then(() => {
        waiting.delete(key)
        return write(key, items)
      })
      .finally(() => {
        if (last.get(key) === written) last.delete(key)
      })
    waiting.set(key, { items, written })
    last.set(key, written)
    return written
  }
}
