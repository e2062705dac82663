'use client'

import type { AgentSpec } from '@errand/contracts'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { SelectField, TextField } from '../../ui/Field.tsx'

interface TryDraftProps {
  readonly name: string
  readonly spec: AgentSpec
  /** The store has the draft as it stands here. */
  readonly isKept: boolean
  readonly onClose: () => void
}

const AS_DRAFTED = ''
const NONE = 'none'

/** One run with the draft as it stands; it says so wherever it is listed. */
export function TryDraft({ name, spec, isKept, onClose }: TryDraftProps) {
  const trpc = useTRPC()
  const router = useRouter()
  const [prompt, setPrompt] = useState('')
  const [where, setWhere] = useState(AS_DRAFTED)
  const repositories = useQuery(trpc.repositories.list.queryOptions()).data ?? []
  const own = (spec.repositories ?? []).map(({ repository }) => repository)
  const fire = useMutation(
    trpc.runs.create.mutationOptions({ onSuccess: ({ runId }) => router.push(`/runs/${runId}`) }),
  )
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (prompt.trim() === '' || !isKept) return
    fire.mutate({
      prompt,
      agent: name,
      isDraft: true,
      ...(where === AS_DRAFTED ? {} : { repositories: where === NONE ? [] : [{ repository: where }] }),
    })
  }
  return (
    <form className="form inplace" aria-label="Try the draft" onSubmit={submit}>
      <TextField
        label="Task for the draft"
        rows={3}
        autoFocus
        value={prompt}
        onChange={(event) => setPrompt(event.target.value)}
      />
      <SelectField label="Repository" value={where} onChange={(event) => setWhere(event.target.value)}>
        <option value={AS_DRAFTED}>{own.length === 0 ? 'none' : own.join(', ')}</option>
        {own.length === 0 ? null : <option value={NONE}>none</option>}
        {repositories
          .filter(({ repository }) => !own.includes(repository))
          .map(({ repository }) => (
            <option key={repository} value={repository}>
              {repository}
            </option>
          ))}
      </SelectField>
      {fire.error === null ? null : <ErrorInPlace error={fire.error} />}
      <div className="rowline">
        <Button type="submit" tone="go" disabled={prompt.trim() === '' || !isKept} aria-busy={fire.isPending}>
          Run the draft
        </Button>
        <Button tone="bare" onClick={onClose}>
          Not now
        </Button>
        <span className="small two">{isKept ? 'The agent stays as it is.' : 'The draft is being kept first.'}</span>
      </div>
    </form>
  )
}
