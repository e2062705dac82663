/** Time, passed in so that tests own it. Monotonic enough for intervals; `now` is also what events are stamped with. */
export interface Clock {
  now(): number
  /** Runs `act` once after `ms`; the returned function calls it off. */
  after(ms: number, act: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, act) {
    // What was left may have passed while it was worked out.
    const timer = setTimeout(act, Math.max(0, ms))
    return () => clearTimeout(timer)
  },
}

/** Resolves after `ms`, or at once when the signal aborts: the caller looks at the signal. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve()
    const callOff = clock.after(ms, done)
    function done(): void {
      callOff()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done, { once: true })
  })
}
