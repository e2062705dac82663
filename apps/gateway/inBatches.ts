import { setImmediate as immediately, setTimeout as delay } from 'node:timers/promises'

export interface Batches<K, T> {
  /** Resolves when it is written. */
  add(key: K, item: T): Promise<void>
  /** Writes at once what waits, and resolves when nothing waits any more. Of one key, or of all. */
  flush(key?: K): Promise<void>
}

interface Turn<T> {
  readonly items: T[]
  readonly written: Promise<void>
  readonly hurry: AbortController
}

/**
 * Writes things together that come while an earlier write of the same key is under way, or has been a moment ago: the
 * first goes at once, or after `leadMs`, and under load one write carries many. In order.
 */
export function inBatches<K, T>(
  write: (key: K, items: readonly T[]) => Promise<void>,
  { leadMs = 0, restMs = 0 }: { readonly leadMs?: number; readonly restMs?: number } = {},
): Batches<K, T> {
  const last = new Map<K, Promise<void>>()
  const waiting = new Map<K, Turn<T>>()

  const rest = async (ms: number, hurry: AbortController) => {
    // Cut short by whoever wants it written now.
    if (ms > 0) await delay(ms, undefined, { signal: hurry.signal }).catch(() => undefined)
  }
  const begin = (key: K): Turn<T> => {
    const items: T[] = []
    const hurry = new AbortController()
    const before = last.get(key)
    // The first waits for those that were read from their sockets together with it.
    const ready =
      before === undefined
        ? leadMs > 0
          ? rest(leadMs, hurry)
          : immediately()
        : before.then(
            () => rest(restMs, hurry),
            () => rest(restMs, hurry),
          )
    const written: Promise<void> = ready.then(() => {
      waiting.delete(key)
      return write(key, items)
    })
    const done = () => forget(key, written)
    void written.then(done, done)
    const turn = { items, written, hurry }
    waiting.set(key, turn)
    last.set(key, written)
    return turn
  }
  /** A key that has rested is as one that never wrote. */
  const forget = (key: K, written: Promise<void>) => {
    const now = () => {
      if (last.get(key) === written) last.delete(key)
    }
    if (restMs === 0 || last.get(key) !== written) now()
    else setTimeout(now, restMs).unref()
  }
  const flushOne = async (key: K) => {
    waiting.get(key)?.hurry.abort()
    // What failed is known to who gave it.
    await last.get(key)?.catch(() => undefined)
  }
  return {
    add(key, item) {
      const turn = waiting.get(key) ?? begin(key)
      turn.items.push(item)
      return turn.written
    },
    flush: async (key) => {
      if (key !== undefined) return flushOne(key)
      await Promise.all([...last.keys()].map(flushOne))
    },
  }
}
