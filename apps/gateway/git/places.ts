/** So many at once for each key; the others wait their turn, in order. */
export interface Places {
  /** Resolves to what gives the place back. Rejects with the signal's reason when that comes first. */
  take(key: string, signal: AbortSignal): Promise<() => void>
}

/** Git programs on this machine cost memory and a core each: one run's agent may not start a hundred of them. */
export function createPlaces(perKey: number): Places {
  const taken = new Map<string, number>()
  const waiting = new Map<string, (() => void)[]>()

  const giveBack = (key: string) => {
    const next = waiting.get(key)?.shift()
    if (waiting.get(key)?.length === 0) waiting.delete(key)
    // The place goes from hand to hand: nobody can come in between.
    if (next !== undefined) return next()
    const left = (taken.get(key) ?? 1) - 1
    if (left === 0) taken.delete(key)
    else taken.set(key, left)
  }

  const placeOf = (key: string) => {
    let isHeld = true
    return () => {
      if (isHeld) giveBack(key)
      isHeld = false
    }
  }

  return {
    async take(key, signal) {
      signal.throwIfAborted()
      const count = taken.get(key) ?? 0
      if (count < perKey) {
        taken.set(key, count + 1)
        return placeOf(key)
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const queue = waiting.get(key) ?? []
      waiting.set(key, [...queue, resolve])
      const leave = () => {
        const left = (waiting.get(key) ?? []).filter((entry) => entry !== resolve)
        if (left.length === 0) waiting.delete(key)
        else waiting.set(key, left)
        reject(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      await promise.finally(() => signal.removeEventListener('abort', leave))
      return placeOf(key)
    },
  }
}
