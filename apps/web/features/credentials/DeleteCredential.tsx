'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import { DeleteForm } from '../../ui/DeleteForm.tsx'
import type { Credential } from './CredentialRow.tsx'

/** For good: the value is kept nowhere else. While agents use it, its name has to be typed. */
export function DeleteCredential({ credential, onClose }: { credential: Credential; onClose: () => void }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const { name, agents } = credential
  const isUsed = agents.length > 0
  const remove = useMutation(
    trpc.credentials.remove.mutationOptions({
      onSuccess: () =>
        Promise.all([
          queries.invalidateQueries(trpc.credentials.pathFilter()),
          queries.invalidateQueries(trpc.agents.pathFilter()),
        ]),
    }),
  )
  return (
    <DeleteForm
      name={name}
      says={`Delete ${name}`}
      mustType={isUsed}
      isPending={remove.isPending}
      error={remove.error}
      onDelete={() => remove.mutate({ name })}
      onClose={onClose}
    >
      Its value is kept nowhere else and is gone for good.{' '}
      {isUsed
        ? `${agents.join(', ')} ${agents.length === 1 ? 'uses' : 'use'} it and will have no model to ask.`
        : 'No agent uses it.'}
    </DeleteForm>
  )
}
