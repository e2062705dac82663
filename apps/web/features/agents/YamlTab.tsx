'use client'

import type { AgentSpec } from '@errand/contracts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { CopyLine } from '../../ui/Copy.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { TextField } from '../../ui/Field.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { useToasts } from '../../ui/Toasts.tsx'
import type { AgentDraft } from './useAgentDraft.ts'

interface YamlTabProps {
  readonly name: string
  readonly draft: AgentDraft
  readonly spec: AgentSpec
  /** What was typed is the draft now. */
  readonly onTaken: () => void
}

/** The draft as the document that `errand export` would print, to read and to write. */
export function YamlTab({ name, draft, spec, onTaken }: YamlTabProps) {
  const trpc = useTRPC()
  const document = useQuery(trpc.agents.document.queryOptions({ name, spec }))
  if (document.data === undefined)
    return document.error === null ? (
      <LoadingRows of="Writing the document" />
    ) : (
      <ErrorInPlace error={document.error} retry={() => void document.refetch()} />
    )
  return <YamlEditor key={document.data} name={name} draft={draft} source={document.data} onTaken={onTaken} />
}

function YamlEditor({ name, draft, source, onTaken }: Omit<YamlTabProps, 'spec'> & { source: string }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const toasts = useToasts()
  const [typed, setTyped] = useState(source)
  const isTyped = typed !== source
  const take = useMutation(
    trpc.agents.inDocument.mutationOptions({
      onSuccess: (spec) => {
        draft.replace(spec)
        onTaken()
      },
    }),
  )
  const save = useMutation(
    trpc.agents.saveDocument.mutationOptions({
      scope: { id: `draft ${name}` },
      onSuccess: async ({ version }) => {
        queries.setQueryData(trpc.agents.draft.queryKey({ name }), null)
        draft.forget()
        await queries.invalidateQueries(trpc.agents.pathFilter())
        toasts.show({ text: `Saved ${name} as v${version}` })
      },
    }),
  )
  const error = take.error ?? save.error
  return (
    <section className="sec stack" aria-label="YAML">
      <TextField
        label={`${name}, as a document`}
        hint="Saved from here its text stays as you wrote it, comments too."
        className="mono yaml"
        rows={22}
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          take.reset()
          save.reset()
        }}
      />
      {error === null ? null : <ErrorInPlace error={error} />}
      <div className="acts">
        <Button
          tone="go"
          aria-busy={save.isPending}
          onClick={() => save.mutate({ name, source: typed, baseVersion: draft.baseVersion })}
        >
          Save this text as v{draft.baseVersion + 1}
        </Button>
        <Button disabled={!isTyped} aria-busy={take.isPending} onClick={() => take.mutate({ name, source: typed })}>
          Take it into the draft
        </Button>
      </div>
      <p className="small two">The version in use, on the command line:</p>
      <CopyLine text={`bin/errand export --kind Agent --name ${name}`} of="the command" />
    </section>
  )
}
