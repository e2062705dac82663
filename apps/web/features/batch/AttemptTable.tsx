'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Trophy } from 'lucide-react'
import Link from 'next/link'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { counted, moneyOf } from '../../ui/format/amount.ts'
import { StateLabel } from '../../ui/StateLabel.tsx'
import { Duration } from '../../ui/Time.tsx'
import { Delta } from '../changes/Delta.tsx'
import { changedOf, sentenceOf } from '../outcome/outcomeOf.ts'
import { stateOf } from '../run/stateOf.ts'
import type { Attempt } from './Batch.tsx'

interface AttemptTableProps {
  readonly attempts: readonly Attempt[]
  readonly chosen: readonly string[]
  readonly onChoose: (id: string) => void
}

/** A row an attempt: how it ended, what it changed, what it took. */
export function AttemptTable({ attempts, chosen, onChoose }: AttemptTableProps) {
  return (
    <table className="tbl attempts">
      <thead>
        <tr>
          <th>Attempt</th>
          <th>State</th>
          <th>Changed</th>
          <th className="num">Cost</th>
          <th className="num">Took</th>
          <th>Compare</th>
          <th>Pick</th>
        </tr>
      </thead>
      <tbody>
        {attempts.map((attempt) => (
          <Row key={attempt.id} attempt={attempt} isChosen={chosen.includes(attempt.id)} onChoose={onChoose} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ attempt, isChosen, onChoose }: { attempt: Attempt; isChosen: boolean; onChoose: (id: string) => void }) {
  const { state, budgetUsd, batch } = attempt
  const { files, ...delta } = changedOf(state)
  const isOver = state.endedAt !== null
  const name = `Attempt ${batch?.attempt ?? ''}`
  return (
    <tr>
      <td>
        <Link className="nm" href={`/runs/${attempt.id}`}>
          {name}
        </Link>
        <br />
        <span className="small two">{isOver ? sentenceOf(attempt).text : state.activity}</span>
      </td>
      <td data-h="State">
        <StateLabel state={stateOf(state)} />
      </td>
      <td data-h="Changed">
        {files === 0 ? (
          isOver ? (
            'nothing'
          ) : (
            ''
          )
        ) : (
          <span>
            <Delta {...delta} /> in {counted(files, 'file')}
          </span>
        )}
      </td>
      <td className="num" data-h="Cost">
        {attempt.runtime === 'script'
          ? 'no model'
          : moneyOf(state.usage.costUsd, budgetUsd, state.usage.unpricedCalls > 0)}
      </td>
      <td className="num" data-h="Took">
        <Duration from={state.createdAt} to={state.endedAt} />
      </td>
      <td data-h="Compare" className="mid">
        <label className="choose">
          <input type="checkbox" checked={isChosen} onChange={() => onChoose(attempt.id)} />
          <span className="vh">Compare {name}</span>
        </label>
      </td>
      <td data-h="Pick" className="mid">
        <PickButton attempt={attempt} name={name} />
      </td>
    </tr>
  )
}

/** The one to take; pressed again, none is. */
function PickButton({ attempt, name }: { attempt: Attempt; name: string }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const batchId = attempt.batch?.id
  const pick = useMutation({
    ...trpc.runs.pickWinner.mutationOptions(),
    onSuccess: () => queries.invalidateQueries(trpc.runs.batch.pathFilter()),
  })
  if (batchId === undefined) return null
  const isWinner = attempt.batch?.isWinner === true
  return (
    <Button
      {...(isWinner ? { icon: Trophy } : {})}
      aria-pressed={isWinner}
      aria-busy={pick.isPending}
      onClick={() => pick.mutate({ batchId, runId: isWinner ? null : attempt.id })}
    >
      {isWinner ? 'Picked' : 'Pick'}
      <span className="vh"> {name}</span>
    </Button>
  )
}
