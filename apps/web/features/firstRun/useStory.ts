'use client'

import { useSubscription } from '@trpc/tanstack-react-query'
import { useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { addToStory, type StoryLine } from './story.ts'

/** The story of a run as its events arrive; a broken line goes on where it stopped. */
export function useStory(runId: string): readonly StoryLine[] {
  const [{ story }, setTold] = useState<{ story: readonly StoryLine[]; seq: number }>({ story: [], seq: 0 })
  useSubscription(
    useTRPC().runs.watch.subscriptionOptions(
      { runId },
      {
        onData: ({ data }) =>
          setTold((told) => (data.seq <= told.seq ? told : { story: addToStory(told.story, data), seq: data.seq })),
      },
    ),
  )
  return story
}
