'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { useTRPCClient } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import type { RunFilter } from './filter.ts'
import { filterWords, isShown, searchOf } from './findRuns.ts'
import { RowTools } from './RowTools.tsx'
import { RunRow } from './RunRow.tsx'
import type { RunId } from './types.ts'
import { FOUND_RUNS } from './useRunGroups.ts'

const PAGE = 50

/** The runs that a filter leaves, newest first, page after page. */
export function FoundRuns({ filter }: { filter: RunFilter }) {
  const client = useTRPCClient()
  const found = useInfiniteQuery({
    queryKey: [...FOUND_RUNS, filter],
    queryFn: ({ pageParam, signal }) => {
      const page = { limit: PAGE, ...(pageParam === null ? {} : { before: pageParam }) }
      return client.runs.search.query({ ...searchOf(filter), ...page }, { signal })
    },
    initialPageParam: null as RunId | null,
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  })
  const runs = found.data?.pages.flatMap((page) => page.runs).filter((run) => isShown(run, filter.show)) ?? []
  return (
    <section className="grp" aria-label={filterWords(filter)}>
      <h2>{filterWords(filter)}</h2>
      {found.error === null ? null : <ErrorInPlace error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && found.error === null ? <LoadingRows of="Looking through the runs" /> : null}
      <ul className="found" aria-busy={found.isPlaceholderData}>
        {runs.map((run) => (
          <RunRow key={run.id} run={run} />
        ))}
      </ul>
      {found.hasNextPage ? (
        <div className="acts">
          <Button aria-busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {runs.length === 0 ? 'Nothing so far; look further back' : 'Show more'}
          </Button>
        </div>
      ) : null}
      {found.isSuccess && runs.length === 0 && !found.hasNextPage ? (
        <Empty title="No run fits.">Fewer words, or another state, find more.</Empty>
      ) : null}
      <RowTools runs={runs} />
    </section>
  )
}
