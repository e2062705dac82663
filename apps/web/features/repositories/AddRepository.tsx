'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, KeyRound, RefreshCw } from 'lucide-react'
import { type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { faultOfError } from '../../trpc/fault.ts'
import { Button, ButtonLink } from '../../ui/Button.tsx'
import { Code } from '../../ui/Code.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Field } from '../../ui/Field.tsx'
import { counted } from '../../ui/format/amount.ts'
import { Segmented } from '../../ui/Segmented.tsx'
import { hostOf } from './repositoryFacts.ts'

interface AddRepositoryProps {
  /** An address or a name to begin with. */
  readonly start: string
  readonly onClose: () => void
  readonly onAdded: (repository: string) => void
}

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

export function AddRepository({ start, onClose, onAdded }: AddRepositoryProps) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const [kind, setKind] = useState<'remote' | 'local'>(start === '' || start.includes(':') ? 'remote' : 'local')
  const [text, setText] = useState(start.replace(/^local\//, ''))
  const [isSent, setIsSent] = useState(false)
  const wrong = problemOf(kind, text.trim())
  const add = useMutation(
    trpc.repositories.add.mutationOptions({
      onSuccess: async ({ repository }) => {
        await queries.invalidateQueries(trpc.repositories.list.queryFilter())
        onAdded(repository)
      },
    }),
  )
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (wrong === undefined) add.mutate({ name: text.trim() })
  }
  return (
    <form className="form inplace" aria-label="New repository" onSubmit={submit}>
      <div>
        <Segmented
          name="Where it is"
          segments={[
            { value: 'remote', label: 'On a git host' },
            { value: 'local', label: 'Kept here' },
          ]}
          value={kind}
          onChange={setKind}
        />
      </div>
      <Field
        key={kind}
        label={kind === 'remote' ? 'Address' : 'Name'}
        hint={kind === 'remote' ? 'https://github.com/acme/app' : 'Empty until you push to it; no git host is needed.'}
        error={isSent ? wrong : undefined}
        className="mono"
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="none"
        autoFocus
        inputMode={kind === 'remote' ? 'url' : 'text'}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {kind === 'remote' && wrong === undefined ? <Reach key={text.trim()} repository={text.trim()} /> : null}
      {add.error === null ? null : <ErrorInPlace error={add.error} />}
      <div className="acts">
        <Button type="submit" tone="go" aria-busy={add.isPending}>
          {kind === 'remote' ? 'Add repository' : 'Make repository'}
        </Button>
        <Button tone="bare" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

/** Tries it from where runs will reach it, before it is added. */
function Reach({ repository }: { repository: string }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const ask = useMutation({
    mutationFn: () =>
      queries.fetchQuery({
        ...trpc.repositories.branches.queryOptions({ repository, isFresh: true }),
        staleTime: 0,
        retry: false,
      }),
  })
  const code = faultOfError(ask.error)?.code
  const host = hostOf(repository)
  return (
    <div className="rowline">
      <Button icon={RefreshCw} aria-busy={ask.isPending} onClick={() => ask.mutate()}>
        Check it now
      </Button>
      {ask.data === undefined ? null : (
        <span className="small" role="status">
          <span className="state proof">
            <CircleCheck className="i s" aria-hidden="true" />
            Reached
          </span>{' '}
          {ask.data.default === null ? null : (
            <>
              <Code>{ask.data.default}</Code> is its default,{' '}
            </>
          )}
          {counted(ask.data.branches.length, 'branch', 'branches')}
        </span>
      )}
      {ask.error === null ? null : (
        <ErrorInPlace
          error={ask.error}
          {...(code?.startsWith('repository.credential') === true || code === 'repository.plain-http'
            ? {
                remedy: (
                  <ButtonLink icon={KeyRound} href={`/credentials?add=git&host=${encodeURIComponent(host)}`}>
                    Add a git credential for {host}
                  </ButtonLink>
                ),
              }
            : {})}
        />
      )}
    </div>
  )
}

function problemOf(kind: 'remote' | 'local', text: string): string | undefined {
  if (kind === 'local') return NAME.test(text) ? undefined : '1 to 63 small letters, digits and dashes.'
  if (/^(?:ssh|git):|^[^/:@\s]+@/.test(text))
    return 'Use its https:// address: the credential is added on the way, no key is needed.'
  return /^https?:\/\/[^/\s]+\/\S+/i.test(text) ? undefined : 'Write the whole address: https://git.example/acme/app'
}
