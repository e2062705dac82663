'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { AddableList } from '../shell/AddableList.tsx'
import { AddRepository } from './AddRepository.tsx'
import { RepositoryRow } from './RepositoryRow.tsx'

/** `/repositories?add=https://git.example/acme/app` opens the form, filled in. */
export function Repositories() {
  const list = useQuery(useTRPC().repositories.list.queryOptions())
  // Of one that was just made: how to push to it is shown at once.
  const [added, setAdded] = useState<string | null>(null)
  return (
    <AddableList
      path="/repositories"
      title="Repositories"
      noun="repository"
      lead="What runs work on: kept here, or on a git host. A sandbox gets those that its task names, through the gateway, and pushes to its own branch alone."
      list={list}
      none="One that a task names is remembered here by itself."
      form={(asked, close) => (
        <AddRepository
          key={asked.toString()}
          start={asked.get('add') ?? ''}
          onClose={close}
          onAdded={(repository) => {
            setAdded(repository)
            close()
          }}
        />
      )}
    >
      {(repositories) => (
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
            {repositories.map((repository) => (
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
    </AddableList>
  )
}
