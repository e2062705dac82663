'use client'

import { isTerminal } from '@errand/domain'
import { Bot, CircleStop, Columns2, GitBranch, User } from 'lucide-react'
import Link from 'next/link'
import { money } from '../../../ui/format/amount.ts'
import { duration } from '../../../ui/format/time.ts'
import { Meter } from '../../../ui/Meter.tsx'
import { StateLabel } from '../../../ui/StateLabel.tsx'
import { Duration } from '../../../ui/Time.tsx'
import { AUTONOMY_WORDS } from '../autonomyWords.ts'
import { repositoryName } from '../repositoryName.ts'
import { stateOf } from '../stateOf.ts'
import type { RunView } from '../types.ts'
import { Alive } from './Alive.tsx'

/** Two lines: how it stands now, and what it was fired with. */
export function Facts({ run }: { run: RunView }) {
  const { state } = run
  const isOver = isTerminal(state.status)
  return (
    <>
      {/* Of a run that is over, state, time and cost stand on the outcome card. */}
      {isOver && state.cancelRequestedAt === null ? null : (
        <div className="facts">
          <span className="no-phone">
            <StateLabel state={stateOf(state)} boxed />
          </span>
          {isOver ? null : (
            <>
              <b>
                <Duration from={state.createdAt} to={state.endedAt} />
              </b>
              <Cost run={run} />
              <Alive run={run} />
            </>
          )}
          <span role="status">
            <Stopped state={state} />
          </span>
        </div>
      )}
      <div className="facts no-phone">
        <span>
          <Bot className="i s" aria-hidden="true" />
          {`${run.agent} v${run.agentVersion}`}
          {state.model === null ? '' : `, ${state.model}`}
          {run.autonomy === null ? '' : `, ${AUTONOMY_WORDS[run.autonomy]}`}
        </span>
        {run.repositories.map((repository) => (
          <span key={repository.dir}>
            <GitBranch className="i s" aria-hidden="true" />
            <span className="mono">
              {repositoryName(repository)}
              {repository.branch === null ? '' : `@${repository.branch}`} → {repository.pushBranch}
            </span>
          </span>
        ))}
        <span>
          <User className="i s" aria-hidden="true" />
          {run.createdBy.name}
        </span>
        {run.batchId === null ? null : (
          <Link href={`/batches/${run.batchId}`}>
            <Columns2 className="i s" aria-hidden="true" />
            Compare the attempts
          </Link>
        )}
      </div>
    </>
  )
}

function Cost({ run }: { run: RunView }) {
  const { usage } = run.state
  if (run.runtime === 'script') return null
  return (
    <span>
      <span>
        <b>
          {usage.unpricedCalls > 0 ? 'at least ' : ''}
          {money(usage.costUsd)}
        </b>
        {run.budgetUsd === null ? '' : ` of ${money(run.budgetUsd)}`}
      </span>
      {run.budgetUsd === null ? null : <Meter name="Budget used" used={usage.costUsd} limit={run.budgetUsd} />}
    </span>
  )
}

/** What Stop did, in its own word, and only what was seen: the sandbox is gone when its last process is. */
function Stopped({ state }: Pick<RunView, 'state'>) {
  const { cancelRequestedAt: asked, endedAt, goneAt } = state
  if (asked === null || endedAt === null) return null
  const isGone = goneAt !== null || state.sandboxStartedAt === null
  const took = duration(Date.parse(goneAt ?? endedAt) - Date.parse(asked))
  return (
    <span className="state">
      <CircleStop className="i s" aria-hidden="true" />
      {isGone ? `Stopped in ${took}; the sandbox is gone` : `Stopped in ${took}; the sandbox is being taken away`}
    </span>
  )
}
