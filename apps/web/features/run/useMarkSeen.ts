'use client'

import { isTerminal } from '@errand/domain'
import { useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import type { RunView } from './types.ts'

/** A run that has ended and stands on this person's screen needs no look any more. */
export function useMarkSeen({ id, state }: Pick<RunView, 'id' | 'state'>): void {
  const { mutate } = useMutation(useTRPC().runs.mark.mutationOptions())
  const isOver = isTerminal(state.status)
  // The external system is the screen: a page in a tab behind others was not looked at.
  useEffect(() => {
    if (!isOver) return
    const stop = () => document.removeEventListener('visibilitychange', look)
    const look = () => {
      if (document.visibilityState !== 'visible') return
      stop()
      mutate({ runIds: [id], isSeen: true })
    }
    document.addEventListener('visibilitychange', look)
    look()
    return stop
  }, [id, isOver, mutate])
}
