'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef } from 'react'
import { useTRPC, useTRPCClient } from '../../trpc/client.tsx'
import { collectReads } from './collectReads.ts'
import { heldMarks } from './heldMarks.ts'
import { hasMoved, placeRows } from './placeRows.ts'
import { FIRST_ROWS, type ListedRun, type RunId } from './types.ts'

const COUNT_AGAIN_MS = 600

/** The first rows of every group, as the server gives them and as they change. */
export function useRunGroups() {
  const client = useTRPCClient()
  return useQuery({
    ...useTRPC().runs.groups.queryOptions({ limit: FIRST_ROWS }),
    queryFn: async ({ signal }) => {
      const askedAt = heldMarks.now()
      return heldMarks.overGroups(await client.runs.groups.query({ limit: FIRST_ROWS }, { signal }), askedAt)
    },
  })
}

/** Puts rows into every list of runs that is shown: those of the groups, and those that were looked for. */
export function usePlaceRows(): (fresh: readonly ListedRun[]) => void {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  // The external system is the clock.
  useEffect(() => () => clearTimeout(timer.current), [])
  const countAgain = () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      void queries.invalidateQueries(trpc.runs.groups.pathFilter())
      void queries.invalidateQueries(trpc.runs.list.pathFilter())
      void queries.invalidateQueries(trpc.runs.preflight.pathFilter())
    }, COUNT_AGAIN_MS)
  }
  return (fresh) => {
    const key = trpc.runs.groups.queryKey({ limit: FIRST_ROWS })
    const groups = queries.getQueryData(key)
    if (groups !== undefined) {
      // An answer that is under way may be older than these rows.
      if (hasMoved(groups, fresh) || queries.isFetching({ queryKey: key }) > 0) countAgain()
      queries.setQueryData(key, placeRows(groups, fresh))
    }
    queries.setQueriesData<FoundPages>({ queryKey: FOUND_RUNS }, (found) => found && withRows(found, fresh))
  }
}

/** Reads every list of runs again: what was put there may not be so. */
export function useReadAgain(): () => void {
  const trpc = useTRPC()
  const queries = useQueryClient()
  return () => {
    void queries.invalidateQueries(trpc.runs.groups.pathFilter())
    void queries.invalidateQueries({ queryKey: FOUND_RUNS })
  }
}

/** Keeps every list of runs as it is now, for as long as it is on the page. */
export function useLiveRuns(): void {
  const client = useTRPCClient()
  const place = usePlaceRows()
  const readAll = useReadAgain()
  const read = useEffectEvent(async (runIds: readonly RunId[]) => {
    const askedAt = heldMarks.now()
    try {
      place(heldMarks.over(await client.runs.rows.query({ runIds: [...runIds] }), askedAt))
    } catch {
      // Whoever shows the list says that it could not be read, and tries again.
      readAll()
    }
  })
  const onAll = useEffectEvent(() => readAll())
  // The external system is the server's line.
  useEffect(() => {
    const collect = collectReads<RunId>((runIds) => read(runIds))
    const line = client.runs.changes.subscribe(undefined, {
      onData: (change) => (change.kind === 'all' ? onAll() : collect(change.runIds)),
    })
    return () => line.unsubscribe()
  }, [client])
}

/** Key of every list that was looked for. */
export const FOUND_RUNS = ['found-runs'] as const

interface FoundPages {
  readonly pages: readonly { readonly runs: readonly ListedRun[]; readonly next: RunId | null }[]
  readonly pageParams: readonly unknown[]
}

function withRows(found: FoundPages, fresh: readonly ListedRun[]): FoundPages {
  const byId = new Map(fresh.map((run) => [run.id, run]))
  const pages = found.pages.map((page) => ({ ...page, runs: page.runs.map((run) => byId.get(run.id) ?? run) }))
  return { ...found, pages }
}
