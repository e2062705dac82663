'use client'

import { useQuery } from '@tanstack/react-query'
import { BrickWallShield } from 'lucide-react'
import Link from 'next/link'
import { useTRPC } from '../../trpc/client.tsx'
import { Clock } from '../../ui/Time.tsx'

/** At the foot of every page: whether the wall held when it was last tested. */
export function WallLink() {
  const trpc = useTRPC()
  const wall = useQuery({ ...trpc.system.wall.queryOptions(), staleTime: 60_000 }).data
  if (wall === undefined) return null
  const isBad = !wall.isIsolated || wall.isHeld === false
  return (
    <Link href="/boundary" className={isBad ? 'fault' : undefined}>
      <BrickWallShield className="i s" aria-hidden="true" />
      <span>
        {!wall.isIsolated
          ? 'No wall here'
          : wall.isHeld === null
            ? 'Wall not tested'
            : wall.isHeld
              ? 'Wall held'
              : 'Wall did not hold'}
        {wall.isIsolated && wall.testedAt !== null ? (
          <>
            , <Clock at={wall.testedAt} />
          </>
        ) : null}
      </span>
    </Link>
  )
}

/** Where a sandbox would not hold, every page says so. */
export function NoWallLine() {
  const trpc = useTRPC()
  const wall = useQuery({ ...trpc.system.wall.queryOptions(), staleTime: 60_000 }).data
  if (wall?.isIsolated !== false) return null
  return (
    <div className="offline" role="status">
      <BrickWallShield className="i s" aria-hidden="true" />
      <span>
        <b>This machine cannot isolate sandboxes,</b> so only the demo runs unless you allowed more.
      </span>
      <Link className="link" href="/boundary">
        What is missing
      </Link>
    </div>
  )
}
