'use client'

import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'

/** How many runs wait for a person; null while that is not known. */
export function useNeedsYou(): number | null {
  const trpc = useTRPC()
  const waiting = trpc.runs.list.queryOptions({ status: ['waiting'], limit: 100 })
  const { data } = useQuery({ ...waiting, refetchInterval: 15_000 })
  return data?.runs.length ?? null
}
