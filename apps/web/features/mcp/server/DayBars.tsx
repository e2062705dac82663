'use client'

import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../../trpc/client.tsx'
import { counted } from '../../../ui/format/amount.ts'
import { Clock } from '../../../ui/Time.tsx'

const TALLEST = 26

/** The calls of the last day, a bar for each half hour; one with errors is red. Nothing where nobody called. */
export function DayBars({ name }: { name: string }) {
  const { data } = useQuery(useTRPC().mcp.activity.queryOptions({ name }, { refetchInterval: 60_000 }))
  const calls = (data?.slots ?? []).reduce((sum, slot) => sum + slot.calls, 0)
  if (data === undefined || calls === 0) return null
  const errors = data.slots.reduce((sum, slot) => sum + slot.errors, 0)
  const most = Math.max(...data.slots.map((slot) => slot.calls))
  return (
    <figure className="day-bars">
      <div className="bars" aria-hidden="true">
        {data.slots.map((slot, index) => (
          <i
            key={index}
            className={slot.errors > 0 ? 'err' : slot.calls === 0 ? 'none' : ''}
            style={{ height: slot.calls === 0 ? 3 : Math.max(5, Math.round((slot.calls / most) * TALLEST)) }}
          />
        ))}
      </div>
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
