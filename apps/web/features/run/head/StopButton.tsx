'use client'

import { isTerminal } from '@errand/domain'
import { useMutation } from '@tanstack/react-query'
import { Square } from 'lucide-react'
import { useTRPC } from '../../../trpc/client.tsx'
import { Button } from '../../../ui/Button.tsx'
import type { RunView } from '../types.ts'

/** Acts at once; what was worked is kept. The confirmation, with its seconds, stands among the facts. */
export function StopButton({ run }: { run: RunView }) {
  const stop = useStop(run)
  return (
    <Button tone="stop" icon={Square} onClick={stop.now} aria-busy={stop.isStopping} disabled={stop.isStopping}>
      {stop.isStopping ? 'Stopping' : 'Stop'}
    </Button>
  )
}

interface Stopping {
  readonly now: () => void
  readonly isStopping: boolean
  readonly error: unknown
}

export function useStop({ id, state, desired }: RunView): Stopping {
  // One mutation however many buttons stand on the page: who presses one sees the others answer.
  const mutation = useMutation({ ...useTRPC().runs.cancel.mutationOptions(), mutationKey: ['stop', id] })
  const isAsked = desired === 'cancelled' || state.cancelRequestedAt !== null
  return {
    now: () => {
      if (!isTerminal(state.status) && !mutation.isPending) mutation.mutate({ runId: id })
    },
    isStopping: mutation.isPending || (isAsked && !isTerminal(state.status)),
    error: mutation.error,
  }
}
