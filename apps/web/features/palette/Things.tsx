'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Bot, FolderGit2, KeyRound } from 'lucide-react'
import { useDeferredValue } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { STATES } from '../../ui/states.ts'
import { KINDS } from '../credentials/kinds.ts'
import { stateOf } from '../run/stateOf.ts'
import { Row } from './Row.tsx'

const RECENT = 8
const FOUND = 20
/** Fewer letters are in every prompt. */
const SEARCHED_FROM = 2

interface ThingsProps {
  readonly go: (href: string) => () => void
  readonly query: string
}

/** Runs, agents, repositories and credentials. Of runs the last ones, and those that the server finds by what was typed. */
export function Things({ go, query }: ThingsProps) {
  const trpc = useTRPC()
  const text = useDeferredValue(query)
  const isSearch = text.length >= SEARCHED_FROM
  const search = trpc.runs.search.queryOptions(isSearch ? { text, limit: FOUND } : { limit: RECENT }, {
    placeholderData: keepPreviousData,
  })
  const found = useQuery(search)
  const runs = found.data?.runs ?? []
  // What was found by other words stays only as far as it fits these.
  const isFound = isSearch && text === query && !found.isPlaceholderData
  const agents = useQuery(trpc.agents.list.queryOptions()).data ?? []
  const repositories = useQuery(trpc.repositories.list.queryOptions()).data ?? []
  const credentials = useQuery(trpc.credentials.list.queryOptions()).data ?? []
  return (
    <>
      {runs.length === 0 ? null : (
        <Command.Group heading="Runs" forceMount={isFound}>
          {runs.map((run) => {
            const { icon, word } = STATES[stateOf(run.state)]
            const [title = run.prompt] = run.prompt.trim().split('\n')
            return (
              <Row
                key={run.id}
                value={run.id}
                icon={icon}
                name={title}
                note={word}
                isAlways={isFound}
                onSelect={go(`/runs/${run.id}`)}
              />
            )
          })}
        </Command.Group>
      )}
      {agents.length === 0 ? null : (
        <Command.Group heading="Agents">
          {agents.map(({ name, spec }) => (
            <Row
              key={name}
              value={`agent ${name}`}
              icon={Bot}
              name={name}
              note={spec.description}
              onSelect={go(`/agents/${name}`)}
            />
          ))}
        </Command.Group>
      )}
      {repositories.length === 0 ? null : (
        <Command.Group heading="New run in">
          {repositories.map(({ repository }) => (
            <Row
              key={repository}
              value={`repository ${repository}`}
              icon={FolderGit2}
              name={repository}
              onSelect={go(`/?repos=${encodeURIComponent(repository)}`)}
            />
          ))}
        </Command.Group>
      )}
      {credentials.length === 0 ? null : (
        <Command.Group heading="Credentials">
          {credentials.map(({ name, spec }) => (
            <Row
              key={name}
              value={`credential ${name}`}
              icon={KeyRound}
              name={name}
              note={KINDS[spec.type].name}
              onSelect={go('/credentials')}
            />
          ))}
        </Command.Group>
      )}
    </>
  )
}
