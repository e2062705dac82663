'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Field } from '../../ui/Field.tsx'
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
  const [typed, setTyped] = useState('')
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
  const mayRemove = !isLocal || typed === name
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (mayRemove) remove.mutate({ repository })
  }
  const verb = isLocal ? 'Delete' : 'Forget'
  return (
    <form className="form inplace" aria-label={`${verb} ${name}`} onSubmit={submit}>
      <p>
        <b>
          {verb} {name}?
        </b>{' '}
        {isLocal
          ? 'Every branch and commit in it is gone for good; it is kept nowhere else. The artifacts of its runs stay.'
          : `Nothing changes on ${hostOf(repository)}. It is back in the list when a task names it again.`}
      </p>
      {isLocal ? (
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
        <Button type="submit" tone="stop" disabled={!mayRemove} aria-busy={remove.isPending}>
          {verb} {name}
        </Button>
        <Button tone="bare" onClick={onClose}>
          Keep it
        </Button>
      </div>
    </form>
  )
}
