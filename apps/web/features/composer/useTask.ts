'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearchParams } from 'next/navigation'
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { useToasts } from '../../ui/Toasts.tsx'
import { leaveQuery } from './leaveQuery.ts'
import { taskInLink } from './deepLink.ts'
import { choicesOf, hasWork, NO_TASK, type ChangeTask, type Task, withChange } from './task.ts'

const SAVE_MS = 800
/** What this tab was writing, for when the page is opened again before the server knows it. */
const WRITTEN = ['task-being-written']
/** What the server did not take because the session was over: it is written again after the sign-in, in the same tab. */
const UNSAVED = 'errand-unsaved-task'

/**
 * The task being written: as a link says, else as this person left it on whatever device. Kept as it is typed; after it was
 * sent, its choices stay for the next one.
 */
export function useTask() {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const search = useSearchParams().toString()
  const linked = taskInLink(new URLSearchParams(search))
  const kept = useQuery({ ...trpc.drafts.current.queryOptions(), staleTime: Infinity }).data
  const [written, setWritten] = useState<Task | null>(() =>
    linked === null ? (queries.getQueryData<Task>(WRITTEN) ?? null) : withChange(NO_TASK, linked),
  )
  const task = written ?? kept?.draft ?? NO_TASK
  // Several changes may come before the next paint: each is one of what the last one made.
  const latest = useRef(task)
  useLayoutEffect(() => void (latest.current = task))
  const save = useSave()
  const replace = (next: Task, isAtOnce = false) => {
    latest.current = next
    setWritten(next)
    queries.setQueryData(WRITTEN, next)
    save(next, isAtOnce)
  }
  useLink(search, () => {
    if (linked === null) return
    replace(withChange(NO_TASK, linked))
    return kept?.draft.prompt === linked.prompt ? undefined : kept?.draft
  })
  const change: ChangeTask = (part) =>
    replace(withChange(latest.current, typeof part === 'function' ? part(latest.current) : part))
  const putBack = useEffectEvent((prompt: string) => linked === null && change({ prompt }))
  // The external system is the browser, which kept what was refused before the sign-in.
  useEffect(() => {
    const prompt = sessionStorage.getItem(UNSAVED)
    sessionStorage.removeItem(UNSAVED)
    if (prompt !== null && prompt !== '') putBack(prompt)
  }, [])
  // At once: whoever closes the tab now must not find it again as a draft.
  const sent = () => replace(choicesOf(task), true)
  return { task, replace, sent, change }
}

/** Takes what a link says once, and the link out of the address; what it pushed out of the form is put aside, not lost. */
function useLink(search: string, take: () => Task | undefined): void {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const toasts = useToasts()
  const keep = useMutation(
    trpc.drafts.keep.mutationOptions({
      onSuccess: () => {
        toasts.show({ text: 'What you were writing was put aside' })
        return queries.invalidateQueries(trpc.drafts.list.pathFilter())
      },
    }),
  )
  const onSearch = useEffectEvent(() => {
    const isLink = taskInLink(new URLSearchParams(search)) !== null
    const before = take()
    if (isLink) leaveQuery()
    if (before !== undefined && hasWork(before)) keep.mutate({ draft: before })
  })
  // The external system is the address of the page.
  useEffect(() => onSearch(), [search])
}

/** Saves a moment after the last change, and at once when the tab is hidden or the page left. */
function useSave(): (task: Task, isAtOnce: boolean) => void {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const current = trpc.drafts.current.queryKey()
  const unsaved = useRef<Task | null>(null)
  const refused = useRef('')
  const save = useMutation(
    trpc.drafts.save.mutationOptions({
      scope: { id: 'draft' },
      onSuccess: () => {
        refused.current = ''
        return queries.invalidateQueries({ queryKey: current, refetchType: 'none' })
      },
      onError: (_error, { draft }) => void (refused.current = draft?.prompt ?? ''),
    }),
  )
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const flush = useEffectEvent(() => {
    clearTimeout(timer.current)
    const draft = unsaved.current
    unsaved.current = null
    if (draft !== null) save.mutate({ draft })
  })
  const due = useRef<() => void>(undefined)
  // The external systems are the clock and the tab, which may be closed once it is hidden.
  useEffect(() => {
    due.current = () => flush()
    const onHide = () => document.visibilityState === 'hidden' && flush()
    const onLeave = () => {
      sessionStorage.setItem(UNSAVED, unsaved.current?.prompt ?? refused.current)
    }
    document.addEventListener('visibilitychange', onHide)
    window.addEventListener('pagehide', onLeave)
    return () => {
      window.removeEventListener('pagehide', onLeave)
      document.removeEventListener('visibilitychange', onHide)
      flush()
    }
  }, [])
  return (task, isAtOnce) => {
    unsaved.current = task
    clearTimeout(timer.current)
    if (isAtOnce) due.current?.()
    else timer.current = setTimeout(() => due.current?.(), SAVE_MS)
  }
}
