'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'

/** What holds for every run: read once for the whole page, changed field by field. */
export function useSettings() {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const read = useQuery(trpc.settings.get.queryOptions())
  const change = useMutation(
    trpc.settings.set.mutationOptions({
      onSuccess: (settings) => queries.setQueryData(trpc.settings.get.queryKey(), settings),
    }),
  )
  return { read, change }
}
