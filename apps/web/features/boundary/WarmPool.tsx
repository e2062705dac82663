'use client'

import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import type { RouterOutputs } from '../../trpc/types.ts'
import { type Column, DataTable } from '../../ui/DataTable.tsx'
import { CodeName } from '../../ui/Code.tsx'
import { size } from '../../ui/format/amount.ts'
import { Clock } from '../../ui/Time.tsx'

type Shape = RouterOutputs['system']['pool'][number]

const COLUMNS: readonly Column<Shape>[] = [
  { name: 'Image', cell: ({ image }) => (image === null ? 'Errand’s own' : <CodeName>{image}</CodeName>) },
  { name: 'Limits', cell: ({ cpus, memoryMib }) => `${cpus} CPU, ${size(memoryMib * 2 ** 20)}` },
  {
    name: 'Ready',
    isNumber: true,
    cell: ({ ready, starting }) => `${ready}${starting === 0 ? '' : `, ${starting} starting`}`,
  },
  {
    name: 'Oldest since',
    isNumber: true,
    cell: ({ oldestAt }) => (oldestAt === null ? 'none waits' : <Clock at={oldestAt} />),
  },
  {
    name: 'Found one',
    isNumber: true,
    cell: ({ hits, asked }) => (asked === 0 ? 'not asked yet' : `${Math.round((hits / asked) * 100)} % of ${asked}`),
  },
]

/** On a cluster: pods that have proven their wall and wait for a run. On one machine there are none, nor this. */
export function WarmPool() {
  const trpc = useTRPC()
  const { data: shapes = [] } = useQuery(trpc.system.pool.queryOptions(undefined, { refetchInterval: 10_000 }))
  if (shapes.length === 0) return null
  return (
    <section className="sec" aria-labelledby="pool">
      <h2 id="pool">Warm pool</h2>
      <p className="two prove">
        Pods that have proven their wall and wait: a run that finds one starts in milliseconds. Each is used once; they
        go when no run has wanted one for half an hour.
      </p>
      <DataTable columns={COLUMNS} rows={shapes} keyOf={({ image, wantedAt }) => `${image}${wantedAt}`} />
    </section>
  )
}
