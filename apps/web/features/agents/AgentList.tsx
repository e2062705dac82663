'use client'

import { useQuery } from '@tanstack/react-query'
import { Pause, PencilLine, Plus } from 'lucide-react'
import Link from 'next/link'
import { useRouter, useSearchParams } from 'next/navigation'
import { useTRPC } from '../../trpc/client.tsx'
import type { RouterOutputs } from '../../trpc/types.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { Ago } from '../../ui/Time.tsx'
import { useCommands } from '../shell/commands.tsx'
import { NewAgent } from './NewAgent.tsx'

/** `/agents?new` opens the form, `/agents?new&from=fixer` as a copy. */
export function AgentList() {
  const trpc = useTRPC()
  const router = useRouter()
  const search = useSearchParams()
  const list = useQuery(trpc.agents.list.queryOptions())
  const drafts = useQuery(trpc.agents.drafts.queryOptions()).data ?? []
  const agents = list.data ?? []
  const isNew = search.has('new')
  const add = () => router.push('/agents?new', { scroll: false })
  const unsaved = drafts.filter(({ name }) => agents.every((agent) => agent.name !== name))
  useCommands([{ id: 'agent-new', name: 'New agent', icon: Plus, run: add }])
  return (
    <>
      <div className="head">
        <div className="grow">
          <h1>Agents</h1>
          <p className="lead">
            Who does a task: what it is told, which model it asks, what it may reach, and when it stops. Set up once,
            kept in versions.
          </p>
        </div>
        <div className="acts">
          {isNew ? null : (
            <Button tone="go" icon={Plus} onClick={add}>
              New agent
            </Button>
          )}
        </div>
      </div>
      {isNew && list.data !== undefined ? (
        <NewAgent
          key={search.get('from') ?? ''}
          agents={agents}
          taken={[...agents, ...drafts].map(({ name }) => name)}
          from={search.get('from')}
          onClose={() => router.replace('/agents', { scroll: false })}
        />
      ) : null}
      {list.error === null ? null : (
        <ErrorInPlace
          error={list.error}
          retry={() => void list.refetch()}
          since={list.data === undefined ? undefined : new Date(list.dataUpdatedAt).toISOString()}
        />
      )}
      {list.isPending ? <LoadingRows of="Reading the agents" /> : null}
      {agents.length === 0 ? null : (
        <table className="tbl top">
          <thead>
            <tr>
              <th>Agent</th>
              <th>Runs</th>
              <th>Network</th>
              <th>Version</th>
              <th className="num">Last task</th>
            </tr>
          </thead>
          <tbody>
            {unsaved.map((draft) => (
              <tr key={draft.name}>
                <td className="mid">
                  <Link className="nm" href={`/agents/${draft.name}`}>
                    {draft.name}
                  </Link>
                </td>
                <td className="mid no-phone">
                  <Runs spec={draft.spec} />
                </td>
                <td className="mid no-phone">
                  <span>{draft.spec.network}</span>
                </td>
                <td className="mid">
                  <Drafted word="Draft, not saved" />
                </td>
                <td className="mid num no-phone">
                  <span className="three">never</span>
                </td>
              </tr>
            ))}
            {agents.map((agent) => (
              <AgentRow key={agent.name} agent={agent} hasDraft={drafts.some(({ name }) => name === agent.name)} />
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

type ListedAgent = RouterOutputs['agents']['list'][number]

function AgentRow({ agent, hasDraft }: { agent: ListedAgent; hasDraft: boolean }) {
  const { name, spec, version, isOff, lastUsedAt } = agent
  return (
    <tr>
      <td className="mid">
        <Link className="nm" href={`/agents/${name}`}>
          {name}
        </Link>
        {isOff ? (
          <span className="state small">
            {' '}
            <Pause className="i s" aria-hidden="true" />
            Off
          </span>
        ) : null}
        {spec.description === undefined ? null : <span className="three below wrap">{spec.description}</span>}
        <span className="three small only-phone">
          {spec.runtime === 'script'
            ? 'a script'
            : spec.credential === 'demo'
              ? 'the demo script'
              : (spec.model ?? spec.credential)}
          , network {spec.network}, v{version}
          {hasDraft ? ` and a draft of v${version + 1}` : ''},{' '}
          {lastUsedAt === null ? 'never used' : <Ago at={lastUsedAt} />}
        </span>
      </td>
      <td className="mid no-phone">
        <Runs spec={spec} />
      </td>
      <td className="mid no-phone">
        <span>{spec.network}</span>
      </td>
      <td className="mid no-phone">
        <span>
          v{version}
          {hasDraft ? (
            <>
              {' '}
              <Drafted word={`draft of v${version + 1}`} />
            </>
          ) : null}
        </span>
      </td>
      <td className="mid num no-phone">
        {lastUsedAt === null ? <span className="three">never</span> : <Ago at={lastUsedAt} />}
      </td>
    </tr>
  )
}

function Runs({ spec }: { spec: ListedAgent['spec'] }) {
  if (spec.runtime === 'script') return <span>a script</span>
  return (
    <span>
      Claude Code
      <span className="three below">
        {spec.credential === 'demo' ? 'the demo script' : (spec.model ?? spec.credential)}
      </span>
    </span>
  )
}

function Drafted({ word }: { word: string }) {
  return (
    <span className="small two nw">
      <PencilLine className="i s inline" aria-hidden="true" /> {word}
    </span>
  )
}
