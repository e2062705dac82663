'use client'

import { Check, X } from 'lucide-react'
import { Code } from '../../ui/Code.tsx'
import { counted, moneyOf } from '../../ui/format/amount.ts'
import { KeyValues } from '../../ui/KeyValues.tsx'
import { Slip } from '../../ui/Slip.tsx'
import { StateLabel } from '../../ui/StateLabel.tsx'
import { Duration } from '../../ui/Time.tsx'
import { stateOf } from '../run/stateOf.ts'
import { changedOf, type Run, sentenceOf } from './outcomeOf.ts'

/** What came back: verdict, one sentence, evidence, facts. Nothing while the run goes on. */
export function Outcome({ run }: { run: Run }) {
  const { state } = run
  if (state.endedAt === null) return null
  const { text, isAgents } = sentenceOf(run)
  const tone = TONE[stateOf(state)]
  return (
    <Slip {...(tone === undefined ? {} : { tone })} className="outcome" role="region" aria-label="Outcome">
      <div className="grid">
        <div>
          <StateLabel state={stateOf(state)} boxed />
          <p className="say">{isAgents ? <q>{text}</q> : text}</p>
          {state.evidence === null ? null : <EvidenceLine evidence={state.evidence} />}
        </div>
        <KeyValues rows={factsOf(run)} />
      </div>
    </Slip>
  )
}

const TONE: Partial<Record<ReturnType<typeof stateOf>, 'good' | 'bad'>> = {
  verified: 'good',
  'checks-failed': 'bad',
  failed: 'bad',
  'timed-out': 'bad',
  budget: 'bad',
}

function EvidenceLine({ evidence }: { evidence: NonNullable<Run['state']['evidence']> }) {
  const hasHeld = evidence.exitCode === 0
  return (
    <ul className="ev-list">
      <li>
        {hasHeld ? <Check className="i proof" aria-hidden="true" /> : <X className="i fault" aria-hidden="true" />}
        <span>
          <Code>{evidence.command}</Code>
          <br />
          <span className="two">exit {evidence.exitCode}</span>
        </span>
      </li>
    </ul>
  )
}

function factsOf(run: Run) {
  const { state } = run
  const { files, added, removed } = changedOf(state)
  return [
    [
      'Changed',
      files === 0 ? (
        'nothing'
      ) : (
        <>
          <span className="delta">
            <span className="p">+{added}</span> <span className="m">−{removed}</span>
          </span>{' '}
          in {counted(files, 'file')}
        </>
      ),
    ],
    ['Took', <Duration key="took" from={state.createdAt} to={state.endedAt} />],
    ['Cost', moneyOf(state.usage.costUsd, run.budgetUsd, state.usage.unpricedCalls > 0)],
    ['Agent', `${run.agent} v${run.agentVersion}`],
  ] as const
}
