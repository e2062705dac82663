'use client'

import { RUN_FAULTS } from '@errand/contracts'
import { type ReactNode, useState } from 'react'
import { Arriving } from '../../ui/Arriving.tsx'
import { CodeName } from '../../ui/Code.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { counted, money, moneyOf } from '../../ui/format/amount.ts'
import { KeyValues } from '../../ui/KeyValues.tsx'
import { Slip } from '../../ui/Slip.tsx'
import { StateLabel } from '../../ui/StateLabel.tsx'
import { Duration } from '../../ui/Time.tsx'
import { Words } from '../../ui/Words.tsx'
import { lazy } from '../../ui/lazy.ts'
import { Delta } from '../changes/Delta.tsx'
import { PullRequest } from '../pullRequest/PullRequest.tsx'
import { stateOf } from '../run/stateOf.ts'
import { EvidenceList } from './EvidenceList.tsx'
import { FollowUpForm } from './FollowUpForm.tsx'
import { NextSteps } from './NextSteps.tsx'
import { changedOf, reasonOf, type Run, sentenceOf } from './outcomeOf.ts'
import { hasBranch, remediesOf } from './remedies.ts'
import { useFacts } from './useFacts.ts'
import { useGoOn } from './useGoOn.ts'

// Only of a run that did not succeed.
const BlockedHosts = lazy(() => import('./BlockedHosts.tsx').then(({ BlockedHosts: it }) => ({ default: it })))
const Kept = lazy(() => import('./Kept.tsx').then(({ Kept: it }) => ({ default: it })))
const WhatHappened = lazy(() => import('./WhatHappened.tsx').then(({ WhatHappened: it }) => ({ default: it })))

/** What came back: verdict, one sentence, evidence, facts, next steps. Nothing while the run goes on. */
export function Outcome({ run }: { run: Run }) {
  const { state } = run
  const goOn = useGoOn(run)
  const [isAsking, setIsAsking] = useState(false)
  if (state.endedAt === null) return null
  const name = stateOf(state)
  const hasFailed = state.status === 'failed'
  const tone = name === 'verified' ? 'good' : hasFailed || name === 'checks-failed' ? 'bad' : undefined
  const steps = <NextSteps run={run} goOn={goOn} onDirect={() => setIsAsking(true)} />
  return (
    <>
      <Slip {...(tone === undefined ? {} : { tone })} className="outcome" role="region" aria-label="Outcome">
        <div className="grid">
          <div>
            <StateLabel state={name} boxed reason={name === 'failed' ? reasonOf(state.code) : undefined} />
            <Say run={run} />
            {hasFailed ? (
              <Arriving>
                <WhatHappened run={run} />
              </Arriving>
            ) : null}
            {state.evidence === null ? <NotChecked run={run} /> : <EvidenceList evidence={state.evidence} />}
          </div>
          <div>
            {hasFailed ? steps : null}
            {hasFailed ? <RetryNote run={run} /> : null}
            <OutcomeFacts run={run} />
            {hasFailed ? null : steps}
          </div>
        </div>
        <PullRequest run={run} />
        {isAsking ? <FollowUpForm run={run} goOn={goOn} onClose={() => setIsAsking(false)} /> : null}
        {goOn.error === null ? null : <ErrorInPlace error={goOn.error} />}
      </Slip>
      {state.status === 'succeeded' ? null : (
        <Arriving>
          <Kept run={run} />
          {hasFailed && state.blockedHosts > 0 ? <BlockedHosts run={run} goOn={goOn} /> : null}
        </Arriving>
      )}
    </>
  )
}

function Say({ run }: { run: Run }) {
  const { text, isAgents } = sentenceOf(run)
  return <p className="say">{isAgents ? <q title="In the agent’s own words">{text}</q> : text}</p>
}

function NotChecked({ run }: { run: Run }) {
  if (run.state.status !== 'succeeded') return null
  return (
    <p className="small two">
      {run.verify === null
        ? `${run.agent} has no verify command, so nothing was checked beyond that it ended by itself.`
        : 'The verify command did not run.'}
    </p>
  )
}

/** What a press costs and where it begins; in words what no button can do. */
function RetryNote({ run }: { run: Run }) {
  const { code } = run.state
  if (code === null) return null
  const [first] = remediesOf(code)
  const isByHand = first.kind === 'open' || first.kind === 'retry'
  return (
    <p className="small three retry-note">
      {isByHand ? <Words>{`${RUN_FAULTS[code].remedy} `}</Words> : ''}
      {first.kind === 'more' && hasBranch(run) ? 'It starts from the branch below, so nothing is done twice. ' : ''}
      {run.budgetUsd === null ? '' : `A retry may cost up to ${money(run.budgetUsd)}.`}
    </p>
  )
}

function OutcomeFacts({ run }: { run: Run }) {
  const { state } = run
  const { files, ...delta } = changedOf(state)
  const facts = useFacts(run).data
  const branches = state.changes.flatMap(({ branch, repository }) => (branch === null ? [] : [{ branch, repository }]))
  const changed = files === 0 ? 'nothing' : [<Delta key="delta" {...delta} />, ` in ${counted(files, 'file')}`]
  const rows: (readonly [string, ReactNode])[] = [
    ['Changed', changed],
    ...branches.map(({ branch, repository }) => {
      const name = branches.length === 1 ? 'Branch' : `Branch in ${repository}`
      return [name, <CodeName key={repository}>{branch}</CodeName>] as const
    }),
    ['Took', <Duration key="took" from={state.createdAt} to={state.endedAt} />],
    ['Cost', run.runtime === 'script' ? 'no model was asked' : costOf(run)],
    ['Agent', <AgentWords key="agent" run={run} />],
    ['You approved', approvedWords(facts?.answers)],
  ]
  return <KeyValues rows={rows} />
}

function AgentWords({ run: { agent, agentVersion, state } }: { run: Run }) {
  return (
    <>
      {agent} v{agentVersion}
      {state.model === null ? null : (
        <>
          , <span className="unit">{state.model}</span>
        </>
      )}
    </>
  )
}

function costOf({ state, budgetUsd }: Run): string {
  return moneyOf(state.usage.costUsd, budgetUsd, state.usage.unpricedCalls > 0)
}

function approvedWords(answers: readonly { answer: string | null }[] | undefined): string {
  if (answers === undefined) return '…'
  if (answers.length === 0) return 'nothing was asked'
  const allowed = answers.filter(({ answer }) => answer !== null && answer !== 'deny').length
  return `${allowed} of ${answers.length} asked`
}
