'use client'

import { useQuery } from '@tanstack/react-query'
import { GitPullRequest } from 'lucide-react'
import { useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { Code } from '../../ui/Code.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import type { RunView } from '../run/types.ts'
import { PullForm } from './PullForm.tsx'
import { PullLine } from './PullLine.tsx'
import { pushedToHost } from './pullWords.ts'

/** The host is looked at by the gateway, gently; this only reads what it saw. */
const LOOK_MS = 15_000

/** A part of the outcome: what was opened for the work of a run, or the way to open it. Nothing where nothing was pushed to a host. */
export function PullRequest({ run }: { run: RunView }) {
  const trpc = useTRPC()
  const pushed = pushedToHost(run.state.changes)
  const list = useQuery(
    trpc.pullRequests.list.queryOptions(
      { runId: run.id },
      {
        enabled: pushed.length > 0,
        refetchInterval: ({ state }) =>
          state.data?.some((pull) => pull.state === 'open' || pull.state === 'draft') === true ? LOOK_MS : false,
      },
    ),
  )
  if (pushed.length === 0) return null
  if (list.error !== null && list.data === undefined)
    return <ErrorInPlace error={list.error} retry={() => void list.refetch()} />
  if (list.data === undefined) return null
  return (
    <div className="pulls" role="group" aria-label="Pull requests">
      {list.data.map((pull) => (
        <PullLine key={pull.id} pull={pull} />
      ))}
      {pushed
        .filter(({ repository }) => list.data.every((pull) => pull.repository !== repository))
        .map(({ repository, branch }) => (
          <NotYet key={repository} runId={run.id} repository={repository} branch={branch} />
        ))}
    </div>
  )
}

function NotYet({ runId, repository, branch }: { runId: RunView['id']; repository: string; branch: string }) {
  const [isOpen, setIsOpen] = useState(false)
  if (isOpen) return <PullForm runId={runId} repository={repository} onClose={() => setIsOpen(false)} />
  return (
    <div className="pull">
      <GitPullRequest className="i" aria-hidden="true" />
      <span>
        No pull request yet.
        <br />
        <span className="two">
          <Code>{branch}</Code> is pushed to <span className="mono wrap">{repository}</span>
        </span>
      </span>
      <Button tone="go" icon={GitPullRequest} onClick={() => setIsOpen(true)}>
        Open pull request
      </Button>
    </div>
  )
}
