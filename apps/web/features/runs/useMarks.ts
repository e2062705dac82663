'use client'

import { useMutation } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import { counted } from '../../ui/format/amount.ts'
import { useToasts } from '../../ui/Toasts.tsx'
import type { ListedRun } from './types.ts'
import { heldMarks, type Marks } from './heldMarks.ts'
import { usePlaceRows, useReadAgain } from './useRunGroups.ts'

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
  // One after the other: what was taken back must not overtake what it takes back.
  const mark = useMutation({ ...trpc.runs.mark.mutationOptions(), scope: { id: 'marks' } })
  const seeAll = useMutation(
    trpc.runs.markAllSeen.mutationOptions({
      onSuccess: ({ runIds }) => {
        const undo = () => mark.mutate({ runIds: [...runIds], isSeen: false }, { onError: readAgain })
        toasts.show({ text: seenWords(runIds.length), ...(runIds.length > 0 ? { undo } : {}) })
      },
    }),
  )
  const set = (runs: readonly ListedRun[], marks: Marks) => {
    const { marked, settled } = heldMarks.hold(runs, marks)
    place(marked)
    const refused = () => {
      settled()
      readAgain()
    }
    void mark.mutateAsync({ runIds: runs.map(({ id }) => id), ...marks }).then(settled, refused)
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
