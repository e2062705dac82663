'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTRPC } from '../../trpc/client.tsx'
import { DeleteForm } from '../../ui/DeleteForm.tsx'

/** All versions, for good: the name has to be typed. A draft that was never saved goes with a press. */
export function DeleteAgent({ name, isSaved, onClose }: { name: string; isSaved: boolean; onClose: () => void }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const router = useRouter()
  const after = {
    onSuccess: async () => {
      router.push('/agents')
      await queries.invalidateQueries({ ...trpc.agents.pathFilter(), refetchType: 'none' })
    },
  }
  const remove = useMutation(trpc.agents.remove.mutationOptions(after))
  const drop = useMutation(trpc.agents.dropDraft.mutationOptions(after))
  return (
    <DeleteForm
      name={name}
      says={isSaved ? `Delete ${name}` : `Forget the draft of ${name}`}
      mustType={isSaved}
      isPending={remove.isPending || drop.isPending}
      error={remove.error ?? drop.error}
      onDelete={() => (isSaved ? remove : drop).mutate({ name })}
      onClose={onClose}
    >
      {isSaved
        ? 'All its versions are gone for good. Its runs and what they brought back stay.'
        : 'It was never saved.'}
    </DeleteForm>
  )
}
