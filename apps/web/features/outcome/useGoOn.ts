'use client'

import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTRPC } from '../../trpc/client.tsx'
import type { RouterInputs } from '../../trpc/types.ts'
import type { Run } from './outcomeOf.ts'

type Retry = Omit<RouterInputs['runs']['retry'], 'runId'>
type FollowUp = Omit<RouterInputs['runs']['followUp'], 'runId'>

export interface GoOn {
  readonly retry: (how: Retry) => void
  readonly followUp: (what: FollowUp, onMade?: () => void) => void
  /** Pressed twice, one run is made. */
  readonly isPending: boolean
  readonly error: unknown
}

/** Makes the run that comes after this one, and opens its page. */
export function useGoOn(run: Pick<Run, 'id'>): GoOn {
  const router = useRouter()
  const trpc = useTRPC()
  const opened = { onSuccess: (made: { runId: string }) => router.push(`/runs/${made.runId}`) }
  const retry = useMutation({ ...trpc.runs.retry.mutationOptions(), ...opened })
  const followUp = useMutation({ ...trpc.runs.followUp.mutationOptions(), ...opened })
  const isPending = retry.isPending || followUp.isPending
  return {
    retry: (how) => {
      if (!isPending) retry.mutate({ runId: run.id, ...how })
    },
    followUp: (what, onMade) => {
      if (!isPending) followUp.mutate({ runId: run.id, ...what }, { onSuccess: () => onMade?.() })
    },
    isPending,
    error: retry.error ?? followUp.error,
  }
}
