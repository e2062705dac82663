'use client'

import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import type { RouterOutputs } from '../../trpc/types.ts'
import type { Run } from './outcomeOf.ts'

export type RunFacts = RouterOutputs['runs']['facts']

/** What the events of a run that is over say of it; they do not change any more. */
export function useFacts(run: Run) {
  const options = useTRPC().runs.facts.queryOptions({ runId: run.id })
  return useQuery({ ...options, enabled: run.state.endedAt !== null, staleTime: 60_000 })
}
