'use client'

import { useMutation } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import { counted } from '../../ui/format/amount.ts'
import { useToasts } from '../../ui/Toasts.tsx'
import type { ListedRun, RunId } from './types.ts'
import { usePlaceRows } from './useRunGroups.ts'

export interface RunActions {
  readonly stop: (runIds: readonly RunId[]) => void
  readonly retry: (runIds: readonly RunId[]) => void
  readonly see: (runs: readonly ListedRun[]) => void
  readonly archive: (runs: readonly ListedRun[]) => void
  readonly restore: (runs: readonly ListedRun[]) => void
  readonly seeAll: () => void
  /** Of the last action that failed, or was refused for some of its runs. */
  readonly error: unknown
}

/** What can be done with runs of a list: at once on the page, with the way back in a toast. */
export function useRunActions(): RunActions {
  const trpc = useTRPC()
  const toasts = useToasts()
  const place = usePlaceRows()
  const mark = useMutation(trpc.runs.mark.mutationOptions())
  const stop = useMutation(
    trpc.runs.cancelMany.mutationOptions({
      onSuccess: ({ done }) => done.length > 0 && toasts.show({ text: `Stopping ${counted(done.length, 'run')}` }),
    }),
  )
  const retry = useMutation(
    trpc.runs.retryMany.mutationOptions({
      onSuccess: ({ done }) => done.length > 0 && toasts.show({ text: `Retried ${counted(done.length, 'run')}` }),
    }),
  )
  const seeAll = useMutation(
    trpc.runs.markAllSeen.mutationOptions({
      onSuccess: ({ runIds }) => {
        const undo = () => mark.mutate({ runIds: [...runIds], isSeen: false })
        toasts.show({ text: `Marked ${counted(runIds.length, 'run')} as seen`, ...(runIds.length > 0 ? { undo } : {}) })
      },
    }),
  )
  const setMarks = (runs: readonly ListedRun[], marks: { isSeen?: boolean; isArchived?: boolean }) => {
    const { isSeen, isArchived } = marks
    const after = runs.map((run) => ({
      ...run,
      isUnseen: isSeen === undefined ? run.isUnseen && isArchived !== true : !isSeen,
      isArchived: isArchived ?? run.isArchived,
    }))
    place(after)
    mark.mutate({ runIds: runs.map(({ id }) => id), ...marks }, { onError: () => place(runs) })
  }
  const refused = [stop.data, retry.data].flatMap((answer) => answer?.refused ?? [])[0]
  return {
    stop: (runIds) => stop.mutate({ runIds: [...runIds] }),
    retry: (runIds) => retry.mutate({ runIds: [...runIds] }),
    see: (runs) => {
      setMarks(runs, { isSeen: true })
      toasts.show({
        text: `Marked ${counted(runs.length, 'run')} as seen`,
        undo: () => setMarks(runs, { isSeen: false }),
      })
    },
    archive: (runs) => {
      setMarks(runs, { isArchived: true })
      toasts.show({
        text: `Archived ${counted(runs.length, 'run')}`,
        undo: () => setMarks(runs, { isArchived: false }),
      })
    },
    restore: (runs) => {
      setMarks(runs, { isArchived: false })
      toasts.show({ text: `Restored ${counted(runs.length, 'run')}`, undo: () => setMarks(runs, { isArchived: true }) })
    },
    seeAll: () => seeAll.mutate(),
    error: mark.error ?? stop.error ?? retry.error ?? seeAll.error ?? refusal(refused?.fault),
  }
}

/** A refusal within an answer, in the form in which a failed request carries one. */
function refusal(fault: unknown): unknown {
  return fault === undefined ? null : { data: { fault } }
}
