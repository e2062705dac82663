'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import { preflightOf, type Task } from './task.ts'

/** What stands in the way of this task, what it would use, and what similar ones took. */
export function usePreflight(task: Task) {
  const options = useTRPC().runs.preflight.queryOptions(preflightOf(task))
  return useQuery({ ...options, placeholderData: keepPreviousData })
}
