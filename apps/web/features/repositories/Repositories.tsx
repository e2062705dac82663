'use client'

import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useRouter, useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { useCommands } from '../shell/commands.tsx'
import { AddRepository } from './AddRepository.tsx'
import { RepositoryRow } from './RepositoryRow.tsx'

/** `/repositories?add=https://git.example/acme/app` opens the form, filled in. */
export function Repositories() {
  const trpc = useTRPC()
  const router = useRouter()
  const search = useSearchParams()
  const list = useQuery(trpc.repositories.list.queryOptions())
  // Of one that was just made: how to push to it is shown at once.
  const [added, setAdded] = useState<string | null>(null)
  const isAdding = search.has('add')
  const add = () => router.push('/repositories?add', { scroll: false })
  const close = () => router.replace('/repositories', { scroll: false })
  useCommands([{ id: 'repository-add', name: 'Add a repository', icon: Plus, run: add }])
  return (
    <>
      <div className="head">
        <div className="grow">
          <h1>Repositories</h1>
          <p className="lead">
            What runs work on: kept here, or on a git host. A sandbox gets those that its task names, through the
            gateway, and pushes to its own branch alone.
          </p>
        </div>
        <div className="acts">
          {isAdding ? null : (
            <Button tone="go" icon={Plus} onClick={add}>
              Add a repository
            </Button>
          )}
        </div>
      </div>
      {isAdding ? (
        <AddRepository
          key={search.toString()}
          start={search.get('add') ?? ''}
          onClose={close}
          onAdded={(repository) => {
            setAdded(repository)
            close()
          }}
        />
      ) : null}
      {list.error === null ? null : (
        <ErrorInPlace
          error={list.error}
          retry={() => void list.refetch()}
          since={list.data === undefined ? undefined : new Date(list.dataUpdatedAt).toISOString()}
        />
      )}
      {list.isPending ? <LoadingRows of="Reading the repositories" /> : null}
      {list.data?.length === 0 && !isAdding ? (
        <Empty title="No repository yet." action={<Button onClick={add}>Add the first one</Button>}>
          One that a task names is remembered here by itself.
        </Empty>
      ) : null}
      {list.data === undefined || list.data.length === 0 ? null : (
        <table className="tbl top repos">
          <thead>
            <tr>
              <th>Repository</th>
              <th>Branches</th>
              <th>Credential</th>
              <th>Last used</th>
              <th className="num">
                <span className="vh">What can be done</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.data.map((repository) => (
              <RepositoryRow
                key={repository.id}
                repository={repository}
                isNew={repository.repository === added}
                onRemoved={() => setAdded(null)}
              />
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}
