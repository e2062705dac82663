'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Field } from '../../ui/Field.tsx'
import type { Credential } from './CredentialRow.tsx'

/** For good: the value is kept nowhere else. While agents use it, its name has to be typed. */
export function DeleteCredential({ credential, onClose }: { credential: Credential; onClose: () => void }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const [typed, setTyped] = useState('')
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
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!isUsed || typed === name) remove.mutate({ name })
  }
  return (
    <form className="form inplace" aria-label={`Delete ${name}`} onSubmit={submit}>
      <p>
        <b>Delete {name}?</b> Its value is kept nowhere else and is gone for good.{' '}
        {isUsed
          ? `${agents.join(', ')} ${agents.length === 1 ? 'uses' : 'use'} it and will have no model to ask.`
          : 'No agent uses it.'}
      </p>
      {isUsed ? (
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
      {remove.error === null ? null : <ErrorInPlace error={remove.error} />}
      <div className="acts">
        <Button type="submit" tone="stop" disabled={isUsed && typed !== name} aria-busy={remove.isPending}>
          Delete {name}
        </Button>
        <Button tone="bare" onClick={onClose}>
          Keep it
        </Button>
      </div>
    </form>
  )
}
