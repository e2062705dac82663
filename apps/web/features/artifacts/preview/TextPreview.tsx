'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from '../../../ui/Button.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { size } from '../../../ui/format/amount.ts'
import { visible } from '../../../ui/format/visible.ts'
import { LoadingRows } from '../../../ui/LoadingRows.tsx'
import { readPiece } from '../readArtifact.ts'
import type { ArtifactView } from '../useArtifacts.ts'
import { Lines } from './Lines.tsx'

const PIECE_BYTES = 2 * 1024 * 1024

/** Text of any length, a piece at a time. */
export function TextPreview({ artifact }: { artifact: ArtifactView }) {
  const query = useInfiniteQuery({
    queryKey: ['artifact-pieces', artifact.id],
    queryFn: ({ pageParam }) => readPiece(artifact, { from: pageParam, bytes: PIECE_BYTES }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    staleTime: Infinity,
  })
  if (query.isPending) return <LoadingRows of={`Reading ${visible(artifact.name)}`} />
  if (query.data === undefined) return <ErrorInPlace error={query.error} retry={() => void query.refetch()} />
  const { pages } = query.data
  const next = pages.at(-1)?.next ?? null
  return (
    <>
      <Lines text={pages.map(({ text }) => text).join('')} name={`Text of ${visible(artifact.name)}`} />
      {next === null ? null : (
        <div className="file-more">
          <Button onClick={() => void query.fetchNextPage()} aria-busy={query.isFetchingNextPage}>
            Read on
          </Button>
          <span className="small three">
            {size(next)} of {size(artifact.sizeBytes)} are shown
          </span>
        </div>
      )}
    </>
  )
}
