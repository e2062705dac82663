'use client'

import { MAX_PULL_BODY, MAX_PULL_TITLE } from '@errand/contracts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ExternalLink, GitPullRequest, KeyRound } from 'lucide-react'
import { type KeyboardEvent, type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { faultOfError } from '../../trpc/fault.ts'
import type { RouterOutputs } from '../../trpc/types.ts'
import { Button, ButtonLink } from '../../ui/Button.tsx'
import { Code } from '../../ui/Code.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Field, TextField } from '../../ui/Field.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import type { RunView } from '../run/types.ts'

interface PullFormProps {
  readonly runId: RunView['id']
  readonly repository: string
  readonly onClose: () => void
}

/** The words of the outcome, to read and to change before they go out. */
export function PullForm({ runId, repository, onClose }: PullFormProps) {
  const trpc = useTRPC()
  // Drafted once: what a person is changing is not worded anew under their hands.
  const draft = useQuery(trpc.pullRequests.draft.queryOptions({ runId, repository }, { staleTime: Infinity }))
  if (draft.error !== null) return <ErrorInPlace error={draft.error} retry={() => void draft.refetch()} />
  if (draft.data === undefined) return <LoadingRows of="Wording the pull request" rows={2} />
  return <Words runId={runId} draft={draft.data} onClose={onClose} />
}

type Draft = RouterOutputs['pullRequests']['draft']

function Words({ runId, draft, onClose }: { runId: RunView['id']; draft: Draft; onClose: () => void }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const [title, setTitle] = useState(draft.title)
  const [body, setBody] = useState(draft.body)
  const [kind, setKind] = useState<'full' | 'draft'>('full')
  const open = useMutation(
    trpc.pullRequests.open.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.pullRequests.list.queryFilter({ runId })),
    }),
  )
  const canOpen = title.trim() !== '' && !open.isPending
  const send = () => {
    if (!canOpen) return
    open.mutate({ runId, repository: draft.repository, text: { title, body, isDraft: kind === 'draft' } })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose()
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) send()
  }
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    send()
  }
  return (
    <form className="form pull-form" aria-label="New pull request" onSubmit={onSubmit} onKeyDown={onKeyDown}>
      <p className="small two">
        <Code>{draft.branch}</Code> into {draft.base === null ? 'the default branch' : <Code>{draft.base}</Code>} of{' '}
        <span className="mono wrap">{draft.repository}</span>
      </p>
      <Field
        label="Title"
        value={title}
        maxLength={MAX_PULL_TITLE}
        autoFocus
        error={title.trim() === '' ? 'It needs a title.' : undefined}
        onChange={(event) => setTitle(event.target.value)}
      />
      <TextField
        label="Description"
        hint="Markdown. The last line leads back to this run."
        rows={9}
        value={body}
        maxLength={MAX_PULL_BODY}
        onChange={(event) => setBody(event.target.value)}
      />
      {open.error === null ? null : (
        <ErrorInPlace
          error={open.error}
          remedy={<Remedy error={open.error} draft={draft} onFull={() => setKind('full')} />}
        />
      )}
      <div className="rowline">
        <Segmented
          name="How it is opened"
          segments={[
            { value: 'full', label: 'For review' },
            { value: 'draft', label: 'As a draft' },
          ]}
          value={kind}
          onChange={setKind}
        />
        <span className="acts">
          <Button
            type="submit"
            tone="go"
            icon={GitPullRequest}
            disabled={title.trim() === ''}
            aria-busy={open.isPending}
          >
            {open.isPending ? 'Opening it' : 'Open pull request'}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </span>
      </div>
    </form>
  )
}

/** What mends it, as something to press; by hand is always left. */
function Remedy({ error, draft, onFull }: { error: unknown; draft: Draft; onFull: () => void }) {
  const code = faultOfError(error)?.code
  const host = URL.canParse(draft.repository) ? new URL(draft.repository).host : ''
  return (
    <>
      {code === 'repository.credential-missing' ? (
        <ButtonLink icon={KeyRound} href={`/credentials?add=git&host=${encodeURIComponent(host)}`}>
          Add a git credential
        </ButtonLink>
      ) : null}
      {code === 'repository.credential-refused' ||
      code === 'repository.plain-http' ||
      code === 'pull.no-permission' ||
      code === 'pull.forge-unknown' ? (
        <ButtonLink icon={KeyRound} href="/credentials">
          Open the credentials
        </ButtonLink>
      ) : null}
      {code === 'pull.draft-refused' ? <Button onClick={onFull}>For review instead</Button> : null}
      {draft.byHandUrl === null ? null : (
        <a className="btn" href={draft.byHandUrl} target="_blank" rel="noopener noreferrer">
          <ExternalLink className="i s" aria-hidden="true" />
          Open it by hand
        </a>
      )}
    </>
  )
}
