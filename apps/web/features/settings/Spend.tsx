'use client'

import { useQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import type { RouterOutputs } from '../../trpc/types.ts'
import { type Column, DataTable } from '../../ui/DataTable.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { count, moneyOf, tokens } from '../../ui/format/amount.ts'
import { day as dayWords } from '../../ui/format/time.ts'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { useNow, useZone } from '../../ui/reader.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { lazy } from '../../ui/lazy.ts'
import { Section } from './Section.tsx'

const SpendChart = lazy(() => import('./SpendChart.tsx').then(({ SpendChart: it }) => ({ default: it })))

const RANGES = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
] as const
type Range = (typeof RANGES)[number]['value']
export type SpendDay = RouterOutputs['settings']['spend'][number]

/** What models cost, by the reader's days: a small chart, and the same as a table. */
export function Spend() {
  const trpc = useTRPC()
  const zone = useZone()
  const [range, setRange] = useState<Range>('30')
  const read = useQuery(trpc.settings.spend.queryOptions({ days: Number(range), zone }))
  const days = read.data ?? []
  const total = days.reduce((sum, { costUsd }) => sum + costUsd, 0)
  const calls = days.reduce((sum, one) => sum + one.calls, 0)
  const isLowerBound = days.some(({ unpricedCalls }) => unpricedCalls > 0)
  return (
    <Section
      id="spend"
      title="Spend"
      lead="What models cost by day, as the gateway metered it. What a subscription costs is not known here."
    >
      <div className="rowline spend-head">
        <Segmented<Range> name="How far back" segments={RANGES} value={range} onChange={setRange} />
        {read.data === undefined || calls === 0 ? null : (
          <span>
            <b>{moneyOf(total, null, isLowerBound)}</b>{' '}
            <span className="small two">
              for {count(calls)} {calls === 1 ? 'call' : 'calls'}
            </span>
          </span>
        )}
      </div>
      {read.error === null ? null : <ErrorInPlace error={read.error} retry={() => void read.refetch()} />}
      {read.isPending ? <LoadingRows of="Adding it up" rows={2} /> : null}
      {read.data !== undefined && calls === 0 ? (
        <Empty title="Nothing was used.">Each call of a model comes here with what it cost.</Empty>
      ) : null}
      {calls === 0 ? null : (
        <>
          <div
            className="spend-chart"
            role="img"
            aria-label={`Spend by day, ${moneyOf(total, null, isLowerBound)} in ${range} days; the same is in the table below`}
          >
            <Suspense>
              <SpendChart days={days} />
            </Suspense>
          </div>
          <details>
            <summary className="btn bare spend-table">As a table</summary>
            <DayTable days={days} />
          </details>
        </>
      )}
    </Section>
  )
}

function DayTable({ days }: { days: readonly SpendDay[] }) {
  const now = useNow(60_000)
  const used = days.filter(({ calls }) => calls > 0).toReversed()
  const columns: readonly Column<SpendDay>[] = [
    { name: 'Day', cell: ({ day }) => dayWords(`${day}T12:00:00Z`, { now, zone: 'UTC' }) },
    { name: 'Cost', isNumber: true, cell: ({ costUsd, unpricedCalls }) => moneyOf(costUsd, null, unpricedCalls > 0) },
    { name: 'Calls', isNumber: true, cell: ({ calls }) => count(calls) },
    { name: 'Tokens', isNumber: true, cell: (one) => tokens(one.tokens) },
  ]
  return <DataTable rows={used} keyOf={({ day }) => day} columns={columns} />
}
