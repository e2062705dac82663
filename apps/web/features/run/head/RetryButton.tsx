'use client'

import type { RunId } from '@errand/contracts'
import { useMutation } from '@tanstack/react-query'
import { RotateCcw } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTRPC } from '../../../trpc/client.tsx'
import { Button } from '../../../ui/Button.tsx'
import type { RunView } from '../types.ts'

export function RetryButton({ run }: { run: RunView }) {
  const retry = useRetry(run.id)
  return (
    <Button icon={RotateCcw} onClick={retry.now} aria-busy={retry.isPending}>
      Run again
    </Button>
  )
}

/** A retry is a new run of the same task; its page opens. */
export function useRetry(runId: RunId): { now: () => void; isPending: boolean } {
  const router = useRouter()
  const mutation = useMutation({
    ...useTRPC().runs.retry.mutationOptions(),
    onSuccess: (made) => router.push(`/runs/${made.runId}`),
  })
  return {
    now: () => {
      if (!mutation.isPending) mutation.mutate({ runId })
    },
    isPending: mutation.isPending,
  }
}
