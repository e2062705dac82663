'use client'

import type { RunId } from '@errand/contracts'
import { useEffect, useState } from 'react'
import { useTRPCClient } from '../../trpc/client.tsx'
import { addToStory, type StoryLine } from './story.ts'

/** The story of a run as its events arrive; a broken line goes on where it stopped. */
export function useStory(runId: RunId): readonly StoryLine[] {
  const client = useTRPCClient()
  const [{ story }, setTold] = useState<{ story: readonly StoryLine[]; seq: number }>({ story: [], seq: 0 })
  // The external system is the server's line.
  useEffect(() => {
    const line = client.runs.watch.subscribe(
      { runId },
      {
        onData: ({ data }) =>
          setTold((told) => (data.seq <= told.seq ? told : { story: addToStory(told.story, data), seq: data.seq })),
      },
    )
    return () => line.unsubscribe()
  }, [client, runId])
  return story
}
