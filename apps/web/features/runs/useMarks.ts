'use client'

import { useMutation } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import { counted } from '../../ui/format/amount.ts'
import { useToasts } from '../../ui/Toasts.tsx'
import type { ListedRun } from './types.ts'
import { usePlaceRows, useReadAgain } from './useRunGroups.ts'

interface Marks {
  readonly isSeen?: boolean
  readonly isArchived?: boolean
}

export interface MarkActions {
  readonly see: (runs: readonly ListedRun[]) => void
  readonly archive: (runs: readonly ListedRun[]) => void
  readonly restore: (runs: readonly ListedRun[]) => void
  readonly seeAll: () => void
}

/** Seen and archived: at once on the page, with the way back in a toast. */
export function useMarks(): { readonly actions: MarkActions; readonly error: unknown } {
  const trpc = useTRPC()
  const toasts = useToasts()
  const place = usePlaceRows()
  const readAgain = useReadAgain()
  const mark = useMutation(trpc.runs.mark.mutationOptions({ onError: readAgain }))
  const seeAll = useMutation(
    trpc.runs.markAllSeen.mutationOptions({
      onSuccess: ({ runIds }) => {
        const undo = () => mark.mutate({ runIds: [...runIds], isSeen: false })
        toasts.show({ text: seenWords(runIds.length), ...(runIds.length > 0 ? { undo } : {}) })
      },
    }),
  )
  const set = (runs: readonly ListedRun[], marks: Marks) => {
    place(runs.map((run) => withMarks(run, marks)))
    mark.mutate({ runIds: runs.map(({ id }) => id), ...marks })
  }
  const withUndo = (text: string, runs: readonly ListedRun[], [marks, back]: readonly [Marks, Marks]) => {
    set(runs, marks)
    toasts.show({ text, undo: () => set(runs, back) })
  }
  return {
    actions: {
      see: (runs) => withUndo(seenWords(runs.length), runs, [{ isSeen: true }, { isSeen: false }]),
      archive: (runs) =>
        withUndo(`Archived ${counted(runs.length, 'run')}`, runs, [{ isArchived: true }, { isArchived: false }]),
      restore: (runs) =>
        withUndo(`Restored ${counted(runs.length, 'run')}`, runs, [{ isArchived: false }, { isArchived: true }]),
      seeAll: () => seeAll.mutate(),
    },
    error: mark.error ?? seeAll.error,
  }
}

function seenWords(n: number): string {
  return `Marked ${counted(n, 'run')} as seen`
}

function withMarks(run: ListedRun, { isSeen, isArchived }: Marks): ListedRun {
  return {
    ...run,
    isUnseen: isSeen === undefined ? run.isUnseen : !isSeen,
    isArchived: isArchived ?? run.isArchived,
  }
}
