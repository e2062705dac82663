'use client'

import { useIsMutating } from '@tanstack/react-query'
import { WifiOff } from 'lucide-react'
import { useReach } from '../../trpc/reach.ts'
import { counted } from '../../ui/format/amount.ts'
import { useNow } from '../../ui/reader.tsx'
import { Clock } from '../../ui/Time.tsx'

/** One line under the top bar while nothing answers; nothing else is covered, and what was known stays. */
export function OfflineLine() {
  const reach = useReach()
  const waiting = useIsMutating({ predicate: ({ state }) => state.isPaused })
  if (reach.since === null) return null
  return (
    <div className="offline" role="status">
      <WifiOff className="i s" aria-hidden="true" />
      <span>
        <b>
          {reach.isOnline ? 'No answer from the server since ' : 'This device is offline since '}
          <Clock at={new Date(reach.since).toISOString()} />.
        </b>{' '}
        You see what was known then. {waiting === 0 ? null : `${counted(waiting, 'action')} will be sent then. `}
        {reach.isOnline ? <NextTry at={reach.nextTryAt} /> : null}
      </span>
      <button type="button" className="link" onClick={reach.tryNow}>
        Try now
      </button>
    </div>
  )
}

function NextTry({ at }: { at: number }) {
  const seconds = Math.max(0, Math.ceil((at - useNow()) / 1_000))
  return seconds === 0 ? 'Trying.' : `It tries again in ${seconds} s.`
}
