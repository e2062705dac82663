'use client'

import type { Answer } from '@errand/contracts'
import type { ReactNode } from 'react'
import { Code } from '../../ui/Code.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { counted } from '../../ui/format/amount.ts'
import { KeyValues } from '../../ui/KeyValues.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { Clock } from '../../ui/Time.tsx'
import type { Run } from './outcomeOf.ts'
import { type RunFacts, useFacts } from './useFacts.ts'

/** All that it takes to do it again exactly, and who said yes to what on the way. */
export function Reproduction({ run }: { run: Run }) {
  const query = useFacts(run)
  if (run.state.endedAt === null) return null
  if (query.isPending) return <LoadingRows of="Reading what it ran on" rows={1} />
  if (query.data === undefined) return <ErrorInPlace error={query.error} retry={() => void query.refetch()} />
  const facts = query.data
  return (
    <section className="sec reproduction" aria-label="To do it again exactly">
      <div>
        <h2>To do it again exactly</h2>
        <KeyValues rows={rowsOf(run, facts)} />
      </div>
      <div>
        <h2>Reached and approved</h2>
        <Hosts run={run} facts={facts} />
        <Answers facts={facts} />
      </div>
    </section>
  )
}

const EXECUTORS: Readonly<Record<string, string>> = { local: 'a sandbox on this machine' }
const NETWORKS = { none: 'None', trusted: 'Trusted', custom: 'Custom', full: 'Full' } as const

function rowsOf(
  run: Run,
  { executor, limits, errandVersion, claudeCodeVersion }: RunFacts,
): readonly (readonly [string, ReactNode])[] {
  const { state } = run
  const base = (name: string): string | undefined => state.changes.find(({ repository }) => repository === name)?.base
  return [
    ['Ran in', executor === null ? null : (EXECUTORS[executor] ?? executor)],
    ['Limits', limits],
    ['Errand', errandVersion],
    ...(run.runtime === 'script'
      ? []
      : ([
          ['Claude Code', claudeCodeVersion],
          ['Model', state.model],
        ] as const)),
    ['Agent', `${run.agent} v${run.agentVersion}`],
    ...run.repositories.map(({ name, branch }) => {
      const commit = base(name)
      return [
        name,
        <span key={name}>
          {branch ?? 'default branch'}
          {commit === undefined ? (
            ', not changed'
          ) : (
            <>
              {' '}
              at <Code>{commit.slice(0, 12)}</Code>
            </>
          )}
        </span>,
      ] as const
    }),
    ['Check', run.verify === null ? 'none' : <Code key="verify">{run.verify}</Code>],
    ['Network', NETWORKS[run.network]],
  ]
}

function Hosts({ run, facts }: { run: Run; facts: RunFacts }) {
  const reached = facts.hosts.filter(({ isBlocked }) => !isBlocked)
  const blocked = facts.hosts.filter(({ isBlocked }) => isBlocked)
  if (facts.hosts.length === 0)
    return (
      <p className="small two">
        {run.network === 'none' ? 'It had no network and tried no host.' : 'It reached no host besides the gateway.'}
      </p>
    )
  return (
    <>
      <HostList words="reached" hosts={reached} />
      <HostList words="blocked" hosts={blocked} />
    </>
  )
}

function HostList({ words, hosts }: { words: string; hosts: RunFacts['hosts'] }) {
  if (hosts.length === 0) return null
  return (
    <details className="small">
      <summary className="two">
        {counted(hosts.length, 'host')} {words}
      </summary>
      <ul>
        {hosts.map(({ host, port, tries }) => (
          <li key={`${host}:${port}`}>
            <Code>{`${host}:${port}`}</Code> <span className="three">{counted(tries, 'time')}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}

const SAID: Readonly<Record<Answer, string>> = {
  'allow-once': 'allowed once',
  'allow-run': 'allowed for the run',
  'allow-agent': 'allowed for the agent',
  deny: 'denied',
}

function Answers({ facts }: { facts: RunFacts }) {
  if (facts.answers.length === 0) return <p className="small two">Nobody was asked anything.</p>
  return (
    <ul className="small">
      {facts.answers.map(({ about, answer, by, at }) => (
        <li key={`${at} ${about}`}>
          <Code>{about}</Code>{' '}
          <span className="two">
            {answer === null ? 'nobody answered, which means no' : `${SAID[answer]} by ${by ?? 'somebody'}`},{' '}
            <Clock at={at} />
          </span>
        </li>
      ))}
    </ul>
  )
}
