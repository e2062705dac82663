'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Check, Circle, CircleDashed, ExternalLink, LoaderCircle, type LucideIcon, RefreshCw, X } from 'lucide-react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { Code } from '../../ui/Code.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Ago } from '../../ui/Time.tsx'
import { Words } from '../../ui/Words.tsx'
import { checksWords, type Pull, PULL_STATES } from './pullWords.ts'

/** A pull request as the host showed it last: number, state, checks, and a look at it now. */
export function PullLine({ pull }: { pull: Pull }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const look = useMutation(
    trpc.pullRequests.refresh.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.pullRequests.list.queryFilter({ runId: pull.runId })),
    }),
  )
  const { word, icon: Icon } = PULL_STATES[pull.state]
  const checks = checksWords(pull.checks)
  return (
    <div className="pull">
      <Icon className="i" aria-hidden="true" />
      <span>
        <a className="ext" href={pull.url} target="_blank" rel="noopener noreferrer">
          #{pull.number} {pull.title}
          <ExternalLink className="i s" aria-hidden="true" />
          <span className="vh"> (opens the page of the host)</span>
        </a>
        <br />
        <span className="two">
          <b>{word}</b>, <span className={checks.tone}>{checks.words}</span>, <Code>{pull.branch}</Code> into{' '}
          <Code>{pull.base}</Code>, seen <Ago at={pull.seenAt} />
        </span>
      </span>
      <Button icon={RefreshCw} aria-busy={look.isPending} onClick={() => look.mutate({ id: pull.id })}>
        Look again<span className="vh"> at #{pull.number}</span>
      </Button>
      {pull.checks.length === 0 ? null : <Checks checks={pull.checks} />}
      {pull.trouble === null ? null : (
        <p className="wide small">
          <b>{pull.trouble.words}</b> <Words>{pull.trouble.remedy}</Words>
        </p>
      )}
      {look.error === null ? null : (
        <div className="wide">
          <ErrorInPlace error={look.error} />
        </div>
      )}
    </div>
  )
}

type CheckOf = Pull['checks'][number]

const LOOKS: Record<CheckOf['state'], readonly [icon: LucideIcon, tone: string, word: string]> = {
  passed: [Check, 'proof', 'passed'],
  failed: [X, 'fault', 'failed'],
  running: [LoaderCircle, 'live', 'runs'],
  waiting: [Circle, '', 'waits'],
  skipped: [CircleDashed, '', 'skipped'],
}
const FIRST: Record<CheckOf['state'], number> = { failed: 0, running: 1, waiting: 2, passed: 3, skipped: 4 }

/** Failures first, and open by themselves. */
function Checks({ checks }: { checks: Pull['checks'] }) {
  const sorted = checks.toSorted((a, b) => FIRST[a.state] - FIRST[b.state])
  return (
    <details className="wide" open={checks.some(({ state }) => state === 'failed')}>
      <summary className="small">The checks, one by one</summary>
      <ul className="ev-list">
        {sorted.map((check, index) => (
          <OneCheck key={`${check.name} ${index}`} check={check} />
        ))}
      </ul>
    </details>
  )
}

function OneCheck({ check: { name, state, words, url } }: { check: CheckOf }) {
  const [Icon, tone, word] = LOOKS[state]
  return (
    <li>
      <Icon className={`i ${tone}`} aria-hidden="true" />
      <span>
        <span className="wrap">{name}</span>
        <br />
        <span className="two">{words === null || words === '' ? word : `${word}: ${words}`}</span>
      </span>
      {url === null ? null : (
        <a className="btn bare" href={url} target="_blank" rel="noopener noreferrer">
          Look<span className="vh"> at {name} on the host</span>
        </a>
      )}
    </li>
  )
}
