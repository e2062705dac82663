'use client'

import type { Answer } from '@errand/contracts'
import { useMutation } from '@tanstack/react-query'
import { useTRPC } from '../../../trpc/client.tsx'
import { focusFirst } from '../focusFirst.ts'
import type { RunView } from '../types.ts'

interface Answering {
  readonly give: (answer: Answer, note?: string) => void
  /** From the press until the event is here and the card goes. */
  readonly isGiven: boolean
  readonly error: unknown
}

export function useAnswer(run: RunView, questionId: string): Answering {
  const mutation = useMutation({
    ...useTRPC().runs.answer.mutationOptions(),
    // The card goes, and with it the button that has the focus.
    onSuccess: () => void requestAnimationFrame(() => focusFirst('[data-question]', '.tabs [aria-current]')),
  })
  return {
    give: (answer, note = '') => {
      if (mutation.isPending || mutation.isSuccess) return
      mutation.mutate({ runId: run.id, questionId, answer, ...(note.trim() === '' ? {} : { note }) })
    },
    isGiven: mutation.isPending || mutation.isSuccess,
    error: mutation.error,
  }
}
