'use client'

import { useQuery } from '@tanstack/react-query'
import { Check, CircleDashed, OctagonX } from 'lucide-react'
import Link from 'next/link'
import { useTRPC } from '../../trpc/client.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'

/** What the machine was found to offer. The wall itself is tried on its own page. */
export function ThisMachine() {
  const info = useQuery(useTRPC().system.info.queryOptions())
  return (
    <aside aria-labelledby="this-machine">
      <h2 id="this-machine" className="first-head">
        {info.data?.runsOn === 'cluster' ? 'This cluster' : 'This machine'}
      </h2>
      {info.error === null ? null : <ErrorInPlace error={info.error} retry={() => void info.refetch()} />}
      {info.data === undefined ? (
        info.error === null ? (
          <LoadingRows of="Asking the machine" rows={2} />
        ) : null
      ) : (
        <ul className="check">
          {info.data.machine.map((sentence) => (
            <li key={sentence}>
              <Found isWell={info.data.isIsolated} />
              <span>{sentence}</span>
            </li>
          ))}
          <li>
            <CircleDashed className="i s three" aria-hidden="true" />
            <span>
              Model key
              <span className="three first-note">none yet; the demo needs none</span>
            </span>
          </li>
        </ul>
      )}
      <p className="small first-note">
        <Link className="link" href="/boundary">
          Try the wall
        </Link>
      </p>
    </aside>
  )
}

function Found({ isWell }: { isWell: boolean }) {
  return isWell ? <Check className="i s" aria-hidden="true" /> : <OctagonX className="i s fault" aria-hidden="true" />
}
