'use client'

import { useQuery } from '@tanstack/react-query'
import { BrickWallShield, Hand, OctagonX } from 'lucide-react'
import { useTRPC } from '../../trpc/client.tsx'
import type { RouterOutputs } from '../../trpc/types.ts'
import { Clock } from '../../ui/Time.tsx'

type Last = NonNullable<RouterOutputs['system']['boundary']>

/** The test in one sentence: held, not held and where, or that there is no wall here, with the remedy. */
export function Verdict({ last, isTesting }: { last: Last | null; isTesting: boolean }) {
  const trpc = useTRPC()
  const info = useQuery(trpc.system.info.queryOptions()).data
  if (isTesting)
    return (
      <div className="callout verdict" role="status">
        <BrickWallShield className="i live" aria-hidden="true" />
        <span>
          <b>Testing.</b> A sandbox was started and tries to get out.
        </span>
      </div>
    )
  if (info?.isIsolated === false)
    return (
      <div className="callout flag verdict" role="status">
        <Hand className="i" aria-hidden="true" />
        <span>
          <b>There is no wall here.</b> {info.machine.join(' ')}
        </span>
      </div>
    )
  if (last === null) return null
  const { boundary } = last.report
  const held = boundary.filter(({ ok }) => ok).length
  if (last.isHeld)
    return (
      <div className="callout proof verdict" role="status">
        <BrickWallShield className="i" aria-hidden="true" />
        <span>
          <b>The wall held.</b> {held} of {boundary.length} attempts went as they must. Tested{' '}
          <Clock at={last.testedAt} />.
        </span>
      </div>
    )
  return (
    <div className="callout verdict" role="alert">
      <OctagonX className="i fault" aria-hidden="true" />
      <span>
        <b>The wall did not hold.</b> {boundary.length - held} of {boundary.length} attempts got through or could not be
        tried; they are marked below. Stop live runs of agents that you do not trust.{' '}
        {last.heldAt === null ? (
          'It has never held.'
        ) : (
          <>
            It last held <Clock at={last.heldAt} />.
          </>
        )}
      </span>
    </div>
  )
}
