interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** A clock that stands still until the test moves it. Pass `now` and `delay` where code takes the real ones. */
export interface ManualClock {
  readonly now: () => Date
  /** Resolves once the clock has moved that far; rejects with the signal's reason when it is aborted. */
  readonly delay: (ms: number, options?: { readonly signal?: AbortSignal }) => Promise<void>
  /** Moves the clock and wakes whoever's time has come, in order. */
  readonly advance: (ms: number) => void
}

export function manualClock(start: Date | string = '2026-01-01T00:00:00.000Z'): ManualClock {
  let time = new Date(start).getTime()
  let sleepers: readonly Sleeper[] = []
  return {
    now: () => new Date(time),
    delay: (ms, { signal } = {}) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const sleeper = { at: time + ms, wake: resolve }
        sleepers = [...sleepers, sleeper]
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper)
          reject(signal.reason as Error)
        })
      }),
    advance: (ms) => {
      time += ms
      const due = sleepers.filter(({ at }) => at <= time).toSorted((a, b) => a.at - b.at)
      sleepers = sleepers.filter(({ at }) => at > time)
      for (const { wake } of due) wake()
    },
  }
}
