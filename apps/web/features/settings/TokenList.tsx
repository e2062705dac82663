'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { CopyLine } from '../../ui/Copy.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Field } from '../../ui/Field.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { Ago } from '../../ui/Time.tsx'
import { Section } from './Section.tsx'

const LEAD = 'For programs: the command line elsewhere, git, your own scripts. A token may do all that you may.'

export function TokenList() {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const list = useQuery(trpc.tokens.list.queryOptions())
  const revoke = useMutation(
    trpc.tokens.revoke.mutationOptions({ onSuccess: () => queries.invalidateQueries(trpc.tokens.pathFilter()) }),
  )
  return (
    <Section id="tokens" title="API tokens" lead={LEAD}>
      {list.error === null ? null : <ErrorInPlace error={list.error} retry={() => void list.refetch()} />}
      {list.isPending ? <LoadingRows of="Reading the tokens" rows={1} /> : null}
      {list.data?.length === 0 ? <Empty title="No token.">One that you make is shown once, here.</Empty> : null}
      <ul className="list settings-list">
        {list.data?.map((token) => (
          <li key={token.id}>
            <span>
              <b>{token.name}</b>
              <span className="small three">
                <code>{token.prefix}…</code>
                {token.lastUsedAt === null ? (
                  ', never used'
                ) : (
                  <>
                    , used <Ago at={token.lastUsedAt} />
                  </>
                )}
                {token.expiresAt === null ? (
                  ''
                ) : (
                  <>
                    , until <Ago at={token.expiresAt} />
                  </>
                )}
              </span>
            </span>
            <span className="acts">
              <Button tone="bare" aria-busy={revoke.isPending} onClick={() => revoke.mutate({ id: token.id })}>
                Revoke
                <span className="vh"> {token.name}</span>
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {revoke.error === null ? null : <ErrorInPlace error={revoke.error} />}
      <NewToken />
    </Section>
  )
}

function NewToken() {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const create = useMutation(
    trpc.tokens.create.mutationOptions({
      onSuccess: () => {
        setName('')
        void queries.invalidateQueries(trpc.tokens.pathFilter())
      },
    }),
  )
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (name.trim() !== '') create.mutate({ name: name.trim() })
  }
  return (
    <form className="form settings-form" onSubmit={submit}>
      <Field
        label="New token"
        hint="What it is for: laptop, nightly script"
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.target.value)}
      />
      <div className="acts">
        <Button type="submit" disabled={name.trim() === ''} aria-busy={create.isPending}>
          Make a token
        </Button>
      </div>
      {create.error === null ? null : <ErrorInPlace error={create.error} />}
      {create.data === undefined ? null : (
        <div role="status">
          <p className="small">
            <b>{create.data.name}</b> is shown this once; only its hash is kept.
          </p>
          <CopyLine text={create.data.token} of="the token" />
        </div>
      )}
    </form>
  )
}
