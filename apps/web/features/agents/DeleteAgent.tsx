'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Field } from '../../ui/Field.tsx'

/** All versions, for good: the name has to be typed. A draft that was never saved goes with a press. */
export function DeleteAgent({ name, isSaved, onClose }: { name: string; isSaved: boolean; onClose: () => void }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const router = useRouter()
  const [typed, setTyped] = useState('')
  const after = {
    onSuccess: async () => {
      router.push('/agents')
      await queries.invalidateQueries({ ...trpc.agents.pathFilter(), refetchType: 'none' })
    },
  }
  const remove = useMutation(trpc.agents.remove.mutationOptions(after))
  const drop = useMutation(trpc.agents.dropDraft.mutationOptions(after))
  const error = remove.error ?? drop.error
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!isSaved) drop.mutate({ name })
    else if (typed === name) remove.mutate({ name })
  }
  return (
    <form className="form inplace" aria-label={`Delete ${name}`} onSubmit={submit}>
      <p>
        <b>{isSaved ? `Delete ${name}?` : `Forget the draft of ${name}?`}</b>{' '}
        {isSaved
          ? 'All its versions are gone for good. Its runs and what they brought back stay.'
          : 'It was never saved.'}
      </p>
      {isSaved ? (
        <Field
          label={`Type ${name} to delete it`}
          className="mono"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="none"
          autoFocus
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      ) : null}
      {error === null ? null : <ErrorInPlace error={error} />}
      <div className="acts">
        <Button
          type="submit"
          tone="stop"
          disabled={isSaved && typed !== name}
          aria-busy={remove.isPending || drop.isPending}
        >
          {isSaved ? `Delete ${name}` : 'Forget it'}
        </Button>
        <Button tone="bare" onClick={onClose}>
          Keep it
        </Button>
      </div>
    </form>
  )
}
