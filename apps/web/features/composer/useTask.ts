'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearchParams } from 'next/navigation'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { taskInLink } from './deepLink.ts'
import { hasWork, NO_TASK, type Task, type TaskChange, withChange } from './task.ts'

const SAVE_MS = 800

/**
 * The task being written: as a link says, else as this person left it on whatever device. Kept as it is typed; after it was sent,
 * its choices stay for the next one.
 */
export function useTask() {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const linked = taskInLink(new URLSearchParams(useSearchParams().toString()))
  const kept = useQuery({ ...trpc.drafts.current.queryOptions(), staleTime: Infinity }).data
  const [written, setWritten] = useState<Task | null>(linked === null ? null : withChange(NO_TASK, linked))
  const task = written ?? kept?.draft ?? NO_TASK
  const save = useMutation(trpc.drafts.save.mutationOptions({ scope: { id: 'draft' } }))
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const unsaved = useRef<Task | null>(null)

  const flush = useEffectEvent(() => {
    clearTimeout(timer.current)
    const draft = unsaved.current
    unsaved.current = null
    if (draft === null) return
    queries.setQueryData(trpc.drafts.current.queryKey(), (before) =>
      before ? { ...before, draft, updatedAt: new Date().toISOString() } : before,
    )
    save.mutate({ draft })
  })
  // The external systems are the clock and the tab, which may be closed once it is hidden.
  useEffect(() => {
    const onHide = () => document.visibilityState === 'hidden' && flush()
    document.addEventListener('visibilitychange', onHide)
    return () => {
      document.removeEventListener('visibilitychange', onHide)
      flush()
    }
  }, [])
  const replace = (next: Task) => {
    setWritten(next)
    unsaved.current = next
    clearTimeout(timer.current)
    timer.current = setTimeout(() => flush(), SAVE_MS)
  }
  return {
    task,
    replace,
    change: (part: TaskChange) => replace(withChange(task, part)),
    isLinked: linked !== null,
    isLost: save.error !== null && hasWork(task),
  }
}
