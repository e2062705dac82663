'use client'

import type { BatchId } from '@errand/contracts'
import { isTerminal, titleOf } from '@errand/domain'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ChevronRight, RotateCcw } from 'lucide-react'
import Link from 'next/link'
import { useTRPC } from '../../trpc/client.tsx'
import type { RouterOutputs } from '../../trpc/types.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { counted, money } from '../../ui/format/amount.ts'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { useToasts } from '../../ui/Toasts.tsx'
import { AttemptTable } from './AttemptTable.tsx'
import { Compare } from './Compare.tsx'
import { useChosen } from './useChosen.ts'

export type Attempt = RouterOutputs['runs']['batch'][number]

const LIVE_MS = 2_000

/** The same task several times: what each attempt came to, and two of them beside each other. */
export function Batch({ batchId }: { batchId: BatchId }) {
  const query = useQuery({
    ...useTRPC().runs.batch.queryOptions({ batchId }),
    refetchInterval: ({ state }) => (state.data?.every(isOver) === true ? false : LIVE_MS),
  })
  if (query.isPending) return <LoadingRows of="Reading the attempts" />
  if (query.data === undefined)
    return (
      <>
        <h1>These attempts cannot be shown</h1>
        <ErrorInPlace error={query.error} retry={() => void query.refetch()} />
      </>
    )
  return <Known attempts={query.data} />
}

function Known({ attempts }: { attempts: readonly Attempt[] }) {
  const [chosen, choose] = useChosen(attempts)
  const [first] = attempts
  const open = attempts.filter((one) => !isOver(one)).length
  const spent = attempts.reduce((sum, { state }) => sum + state.usage.costUsd, 0)
  const pair = chosen.flatMap((id) => attempts.find((one) => one.id === id) ?? [])
  return (
    <>
      <p className="crumb no-phone">
        <Link href="/">Runs</Link>
        <ChevronRight className="i s" aria-hidden="true" />
        {counted(attempts.length, 'attempt')}
      </p>
      <div className="head">
        <h1>{first === undefined ? 'Attempts' : titleOf(first.prompt)}</h1>
        <RetryFailed attempts={attempts} />
      </div>
      <p className="lead" role="status">
        {counted(attempts.length, 'attempt')} of one task by {first?.agent};{' '}
        {open === 0 ? 'all are over' : `${open} still going on`}. Together {money(spent)}.
      </p>
      <AttemptTable attempts={attempts} chosen={chosen} onChoose={choose} />
      {pair[0] !== undefined && pair[1] !== undefined ? <Compare left={pair[0]} right={pair[1]} /> : null}
    </>
  )
}

/** One press for all that came to nothing; what succeeded is left alone. */
function RetryFailed({ attempts }: { attempts: readonly Attempt[] }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const toasts = useToasts()
  const failed = attempts.filter(({ state }) => state.status === 'failed')
  const retry = useMutation({
    ...trpc.runs.retryMany.mutationOptions(),
    onSuccess: ({ done }) => {
      toasts.show({ text: `Retried ${counted(done.length, 'attempt')}` })
      return queries.invalidateQueries(trpc.runs.batch.pathFilter())
    },
  })
  if (failed.length === 0) return null
  return (
    <div className="acts">
      <Button
        icon={RotateCcw}
        aria-busy={retry.isPending}
        onClick={() => {
          if (!retry.isPending) retry.mutate({ runIds: failed.map(({ id }) => id) })
        }}
      >
        Retry the {counted(failed.length, 'failed one')}
      </Button>
      {retry.error === null ? null : <ErrorInPlace error={retry.error} />}
    </div>
  )
}

function isOver({ state }: Pick<Attempt, 'state'>): boolean {
  return isTerminal(state.status)
}
