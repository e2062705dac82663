'use client'

import type { RunId } from '@errand/contracts'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import type { RouterOutputs } from '../../trpc/types.ts'

export type ArtifactView = RouterOutputs['artifacts']['list'][number]

/** Everything that a run left, read once for all parts of its page. */
export function useArtifacts(runId: RunId) {
  return useQuery(useTRPC().artifacts.list.queryOptions({ runId }))
}
