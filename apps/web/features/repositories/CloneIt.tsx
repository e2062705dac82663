'use client'

import { useMutation, useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { CopyLine } from '../../ui/Copy.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { cloneUrl } from './repositoryFacts.ts'

interface CloneItProps {
  readonly repository: string
  readonly isEmpty: boolean
  readonly onClose: () => void
}

/** How a person's own git reaches one that is kept here: an address, and a token as the password. */
export function CloneIt({ repository, isEmpty, onClose }: CloneItProps) {
  const trpc = useTRPC()
  const info = useQuery(trpc.system.info.queryOptions())
  const token = useMutation(trpc.tokens.create.mutationOptions())
  if (info.error !== null) return <ErrorInPlace error={info.error} retry={() => void info.refetch()} />
  if (info.data === undefined) return <LoadingRows of="Reading the address" rows={1} />
  const url = cloneUrl(info.data.address, repository)
  const branch = 'main'
  return (
    <div className="form inplace" role="group" aria-label={`Clone ${repository}`}>
      {isEmpty ? (
        <>
          <p>
            <b>It is empty.</b> Push what you have, from its folder:
          </p>
          <CopyLine text={`git push ${url} HEAD:${branch}`} of="the push command" />
        </>
      ) : (
        <CopyLine text={`git clone ${url}`} of="the clone command" />
      )}
      <p className="small two">git asks for a name and a password: any name, and an API token as the password.</p>
      {token.data === undefined ? null : (
        <div role="status">
          <p className="small">
            <b>{token.data.name}</b> is shown this once; only its hash is kept.
          </p>
          <CopyLine text={token.data.token} of="the token" />
        </div>
      )}
      {token.error === null ? null : <ErrorInPlace error={token.error} />}
      <div className="acts">
        {token.data === undefined ? (
          <Button
            aria-busy={token.isPending}
            onClick={() => token.mutate({ name: `git: ${repository}`.slice(0, 100) })}
          >
            Make a token for git
          </Button>
        ) : null}
        <Button tone="bare" onClick={onClose}>
          Close
        </Button>
      </div>
    </div>
  )
}
