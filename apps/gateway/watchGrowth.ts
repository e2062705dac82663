import type { RunId } from '@errand/contracts'
import type { RunFeed } from '@errand/engine'

/** A busy run's log grows many times a second; asking the database more often would tell a person nothing sooner. */
const LOOK_AT_MOST_EVERY_MS = 100

export interface Growth {
  /** Resolves when the log may have grown since the last time, at the latest after `maxMs`. */
  next(maxMs: number): Promise<void>
  close(): void
}

/** Wakes when the run's log has grown, after a time-out and when the caller goes away. */
export function watchGrowth(runId: RunId, signal: AbortSignal, feed: Pick<RunFeed, 'subscribe'>): Growth {
  let hasGrown = false
  let wake: () => void = () => undefined
  const unsubscribe = feed.subscribe(runId, () => {
    hasGrown = true
    wake()
  })
  const sleep = (ms: number, isWoken: () => boolean) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        wake = () => undefined
        resolve()
      }
      const timer = setTimeout(done, Math.max(0, ms))
      signal.addEventListener('abort', done, { once: true })
      wake = () => {
        if (isWoken()) done()
      }
      if (isWoken() || signal.aborted) done()
    })
  return {
    async next(maxMs: number): Promise<void> {
      await sleep(maxMs, () => hasGrown)
      if (hasGrown) await sleep(Math.min(maxMs, LOOK_AT_MOST_EVERY_MS), () => false)
      hasGrown = false
    },
    close: unsubscribe,
  }
}
