'use client'

import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../../trpc/client.tsx'
import { counted } from '../../../ui/format/amount.ts'
import { Bars } from '../Bars.tsx'
import { Clock } from '../../../ui/Time.tsx'

const TALLEST = 26

/** The calls of the last day, a bar for each half hour; one with errors is red. Nothing where nobody called. */
export function DayBars({ name }: { name: string }) {
  const { data } = useQuery(useTRPC().mcp.activity.queryOptions({ name }, { refetchInterval: 60_000 }))
  const calls = (data?.slots ?? []).reduce((sum, slot) => sum + slot.calls, 0)
  if (data === undefined || calls === 0) return null
  const errors = data.slots.reduce((sum, slot) => sum + slot.errors, 0)
  return (
    <figure className="day-bars">
      <Bars slots={data.slots} tallest={TALLEST} />
      <figcaption className="small three">
        <span>
          <Clock at={data.since} />
        </span>
        <span>
          {counted(calls, 'call')}, {errors === 0 ? 'no error' : counted(errors, 'error')}
        </span>
        <span>now</span>
      </figcaption>
    </figure>
  )
}
