'use client'

import { type Column, DataTable } from '../../../ui/DataTable.tsx'
import { Empty } from '../../../ui/Empty.tsx'
import { count, money, moneyOf, tokens } from '../../../ui/format/amount.ts'
import { duration } from '../../../ui/format/time.ts'
import { Meter } from '../../../ui/Meter.tsx'
import { Clock } from '../../../ui/Time.tsx'
import type { ModelCall, ModelUsage, UsageSeen } from '../live/usageFold.ts'
import type { RunView } from '../types.ts'

/** Tokens and cost, as the gateway measured them: by model, and call by call. */
export function Usage({ run, usage }: { run: RunView; usage: UsageSeen }) {
  const sum = run.state.usage
  if (sum.calls === 0)
    return <Empty title="No model was asked">Tokens and cost will be here, by model and call by call.</Empty>
  return (
    <section aria-label="Usage">
      <p className="part-lead">
        <b>{moneyOf(sum.costUsd, run.budgetUsd, sum.unpricedCalls > 0)}</b>{' '}
        {run.budgetUsd === null ? null : <Meter name="Budget used" used={sum.costUsd} limit={run.budgetUsd} />}
        {sum.unpricedCalls === 0 ? null : (
          <span className="small two"> The price of some models is not known: {count(sum.unpricedCalls)} calls.</span>
        )}
      </p>
      <DataTable rows={usage.models} keyOf={({ model }) => model} columns={OF_MODELS} />
      <h2 className="sec">Calls</h2>
      <DataTable rows={usage.calls} keyOf={({ seq }) => seq} columns={OF_CALLS} />
      {usage.calls.length < sum.calls ? (
        <p className="small three part-lead">
          The newest {count(usage.calls.length)} of {count(sum.calls)}.
        </p>
      ) : null}
    </section>
  )
}

const tokenColumn = <T,>(name: string, of: (row: T) => number): Column<T> => ({
  name,
  isNumber: true,
  cell: (row) => tokens(of(row)),
  title: (row) => count(of(row)),
})

const OF_MODELS: readonly Column<ModelUsage>[] = [
  { name: 'Model', cell: ({ model }) => <code>{model}</code> },
  { name: 'Calls', isNumber: true, cell: ({ calls }) => count(calls) },
  tokenColumn('In', ({ inputTokens }) => inputTokens),
  tokenColumn('From the cache', ({ cacheReadTokens }) => cacheReadTokens),
  tokenColumn('Into the cache', ({ cacheWriteTokens }) => cacheWriteTokens),
  tokenColumn('Out', ({ outputTokens }) => outputTokens),
  {
    name: 'Cost',
    isNumber: true,
    cell: ({ calls, costUsd, unpricedCalls }) =>
      unpricedCalls === calls ? money(null) : moneyOf(costUsd, null, unpricedCalls > 0),
  },
]

const OF_CALLS: readonly Column<ModelCall>[] = [
  { name: 'Time', cell: ({ at }) => <Clock at={at} seconds /> },
  { name: 'Model', cell: ({ model }) => <code>{model}</code> },
  tokenColumn('In', ({ inputTokens }) => inputTokens),
  tokenColumn('Out', ({ outputTokens }) => outputTokens),
  { name: 'Took', isNumber: true, cell: ({ ms }) => duration(ms) },
  { name: 'Cost', isNumber: true, cell: ({ costUsd }) => money(costUsd) },
]
