'use client'

import type { RunId } from '@errand/contracts'
import type { TRPCClient } from '@trpc/client'
import type { AppRouter } from '@errand/surfaces'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useTRPCClient } from '../../../trpc/client.tsx'
import { arrived } from '../../../ui/lazy.ts'
import { type LiveClock, LiveRun, PAGE, type RunSource, type Seen } from './liveRun.ts'

/** The run's log, folded and live, from its first event on. */
export function useLiveRun(runId: RunId): Seen {
  const client = useTRPCClient()
  const [live] = useState(() => new LiveRun(sourceOf(client, runId), CLOCK))
  // The external systems are the page's visibility and the network.
  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState === 'visible') live.refresh()
    }
    document.addEventListener('visibilitychange', refresh)
    window.addEventListener('online', refresh)
    return () => {
      document.removeEventListener('visibilitychange', refresh)
      window.removeEventListener('online', refresh)
    }
  }, [live])
  return useSyncExternalStore(live.watch, live.get, live.get)
}

const CLOCK: LiveClock = {
  beforePaint: (work) => void requestAnimationFrame(work),
  after: (ms, work) => {
    const timer = setTimeout(work, ms)
    return () => clearTimeout(timer)
  },
}

function sourceOf(client: TRPCClient<AppRouter>, runId: RunId): RunSource {
  return {
    openFold: async () => new (await arrived(() => import('./runFold.ts'))).RunFold(),
    readPage: (after) => client.runs.events.query({ runId, after, limit: PAGE }),
    watch: (after, { onEvent, onError, onEnd }) => {
      const input = after === 0 ? { runId } : { runId, lastEventId: String(after) }
      const subscription = client.runs.watch.subscribe(input, {
        onData: ({ data }) => onEvent(data),
        onError,
        onComplete: onEnd,
      })
      return () => subscription.unsubscribe()
    },
  }
}
