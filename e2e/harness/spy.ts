import type { FaultCode } from '@errand/contracts'
import { setTimeout as delay } from 'node:timers/promises'
import type { ClusterPlace, ClusterState } from './cluster.ts'
import type { Followed } from './runs.ts'

const LOOK_MS = 150

/** Notes when the cluster first says a thing, asking it anew all the time, as somebody beside Errand. */
export function spyOn(place: ClusterPlace, knows: (state: ClusterState) => boolean | Promise<boolean>) {
  const over = new AbortController()
  const looking = (async () => {
    while (!over.signal.aborted) {
      const state = await place.look()
      if (await knows(state)) return new Date()
      await delay(LOOK_MS, undefined, { signal: over.signal }).catch((error: unknown) => {
        if (!over.signal.aborted) throw error
      })
    }
    return null
  })()
  // Whoever asks for the end hears of it.
  looking.catch(() => undefined)
  return {
    /** Null: it never said it. */
    end: () => {
      over.abort()
      return looking
    },
  }
}

/** When the run first said that this is what it waits for, or why it ended. */
export function toldAt({ events, times }: Followed, code: FaultCode): Date | undefined {
  return times[events.findIndex((event) => 'code' in event && event.code === code)]
}
