'use client'

import { useMutation } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import { counted } from '../../ui/format/amount.ts'
import { useToasts } from '../../ui/Toasts.tsx'
import type { ListedRun, RunChange, RunId } from './types.ts'
import { type MarkActions, useMarks } from './useMarks.ts'
import { usePlaceRows, useReadAgain } from './useRunGroups.ts'

export interface RunActions extends MarkActions {
  readonly stop: (runIds: readonly RunId[]) => void
  readonly retry: (runIds: readonly RunId[]) => void
  /** One run again, with more of what ran out. */
  readonly retryWith: (runId: RunId, change: RunChange) => void
  /** To a question that is open; the first answer stands. */
  readonly answer: (run: ListedRun, answer: { questionId: string; answer: 'allow-run' | 'deny' }) => void
  /** Of the last action that failed, or was refused for some of its runs. */
  readonly error: unknown
}

/** What can be done with runs of a list. */
export function useRunActions(): RunActions {
  const trpc = useTRPC()
  const toasts = useToasts()
  const place = usePlaceRows()
  const readAgain = useReadAgain()
  const marks = useMarks()
  const say = (what: string, n: number) => n > 0 && toasts.show({ text: `${what} ${counted(n, 'run')}` })
  const stop = useMutation(
    trpc.runs.cancelMany.mutationOptions({ onSuccess: ({ done }) => say('Stopping', done.length) }),
  )
  const retry = useMutation(
    trpc.runs.retryMany.mutationOptions({ onSuccess: ({ done }) => say('Retried', done.length) }),
  )
  // What is tried again needs no look any more.
  const seen = useMutation(trpc.runs.mark.mutationOptions())
  const retryWith = useMutation(
    trpc.runs.retry.mutationOptions({
      onSuccess: (_made, { runId }) => {
        say('Retried', 1)
        seen.mutate({ runIds: [runId], isSeen: true })
      },
    }),
  )
  const answer = useMutation(trpc.runs.answer.mutationOptions({ onError: readAgain }))
  const refused = [stop.data, retry.data].flatMap((given) => given?.refused ?? [])[0]
  return {
    ...marks.actions,
    stop: (runIds) => stop.mutate({ runIds: [...runIds] }),
    retry: (runIds) => retry.mutate({ runIds: [...runIds] }),
    retryWith: (runId, change) => retryWith.mutate({ runId, change }),
    answer: (run, given) => {
      const questions = run.state.questions.filter(({ id }) => id !== given.questionId)
      const status = questions.length === 0 ? 'running' : 'waiting'
      place([{ ...run, state: { ...run.state, questions, status } }])
      answer.mutate({ runId: run.id, ...given })
    },
    error: marks.error ?? stop.error ?? retry.error ?? retryWith.error ?? answer.error ?? refusal(refused?.fault),
  }
}

/** A refusal within an answer, in the form in which a failed request carries one. */
function refusal(fault: unknown): unknown {
  return fault === undefined ? null : { data: { fault } }
}
