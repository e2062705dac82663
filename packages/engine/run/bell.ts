import type { RequestId, RunId } from '@errand/contracts'
import type { RunFeed } from './feed.ts'

/** Rings for one subscriber. A ring that comes while nobody waits is kept for the next wait. */
export interface Bell {
  /** Resolves at a ring, after `timeoutMs`, or when the signal aborts: true only for a ring. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<boolean>
  stop(): void
}

export function bellFor(feed: RunFeed, id: RunId | RequestId): Bell {
  let hasRung = false
  let wake: (() => void) | undefined
  const stop = feed.subscribe(id, () => {
    hasRung = true
    wake?.()
  })
  return {
    stop,
    wait: async (timeoutMs, signal) => {
      if (!hasRung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const done = (): void => {
            clearTimeout(timer)
            signal.removeEventListener('abort', done)
            wake = undefined
            resolve()
          }
          const timer = setTimeout(done, timeoutMs)
          signal.addEventListener('abort', done)
          wake = done
        })
      }
      const rang = hasRung
      hasRung = false
      return rang
    },
  }
}
