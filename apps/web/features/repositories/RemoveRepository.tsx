'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import { DeleteForm } from '../../ui/DeleteForm.tsx'
import { hostOf, type Repository, shortName } from './repositoryFacts.ts'

interface RemoveRepositoryProps {
  readonly repository: Repository
  readonly onClose: () => void
  readonly onRemoved: () => void
}

/** One that is kept here goes with every commit in it, so its name has to be typed; of another only the row goes. */
export function RemoveRepository({ repository: it, onClose, onRemoved }: RemoveRepositoryProps) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const { repository, isLocal } = it
  const name = shortName(it)
  const remove = useMutation(
    trpc.repositories.remove.mutationOptions({
      onSuccess: () => {
        onRemoved()
        return queries.invalidateQueries(trpc.repositories.pathFilter())
      },
    }),
  )
  return (
    <DeleteForm
      name={name}
      says={`${isLocal ? 'Delete' : 'Forget'} ${name}`}
      mustType={isLocal}
      isPending={remove.isPending}
      error={remove.error}
      onDelete={() => remove.mutate({ repository })}
      onClose={onClose}
    >
      {isLocal
        ? 'Every branch and commit in it is gone for good; it is kept nowhere else. The artifacts of its runs stay.'
        : `Nothing changes on ${hostOf(repository)}. It is back in the list when a task names it again.`}
    </DeleteForm>
  )
}
