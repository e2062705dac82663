'use client'

import type { RunId } from '@errand/contracts'
import { isTerminal } from '@errand/domain'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { useLiveRun } from './live/useLiveRun.ts'
import type { Seen } from './live/liveRun.ts'
import type { RunView } from './types.ts'

interface UsedRun {
  /** Undefined until it was read once. Its state is the newer of the server's and the folded one. */
  readonly run: RunView | undefined
  readonly live: Seen
  readonly error: unknown
  readonly retry: () => void
}

/** What the events do not tell (a place in line, the deadline) is asked again when it can have changed. */
const IN_LINE_MS = 3_000

export function useRun(runId: RunId): UsedRun {
  const live = useLiveRun(runId)
  const query = useQuery({
    ...useTRPC().runs.get.queryOptions({ runId }),
    refetchInterval: ({ state }) => (state.data?.state.status === 'queued' ? IN_LINE_MS : false),
  })
  const { refetch, data } = query
  const told = data?.state
  // tRPC's type of what went over the wire has lost its `readonly`; it is the same state.
  const state = live.state !== null && live.seq >= (told?.seq ?? 0) ? (live.state as RunView['state']) : told
  const isOld = told !== undefined && state !== undefined && standsAt(state) !== standsAt(told)
  // The external system is the server: a run that moved on has a deadline, and one that ended keeps its events until a day.
  useEffect(() => {
    if (isOld) void refetch()
  }, [isOld, refetch])
  return {
    run: data === undefined || state === undefined ? undefined : { ...data, state },
    live,
    error: query.error,
    retry: () => void refetch(),
  }
}

function standsAt({ status, goneAt }: RunView['state']): string {
  return isTerminal(status) ? `${status} ${goneAt === null}` : status
}
