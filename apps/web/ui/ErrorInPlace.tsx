'use client'

import { OctagonX, Unplug } from 'lucide-react'
import type { ReactNode } from 'react'
import { faultOfError } from '../trpc/fault.ts'
import { Button } from './Button.tsx'
import { Clock } from './Time.tsx'
import { Words } from './Words.tsx'

interface ErrorInPlaceProps {
  /** As a query, a mutation or a subscription gave it. */
  readonly error: unknown
  readonly retry?: () => void
  /** ISO time of what is still shown: `query.dataUpdatedAt`, made a date. */
  readonly since?: string | undefined
  /** The remedy as something that does it; without it the remedy stands in words. */
  readonly remedy?: ReactNode
}

/** What happened, since when what is shown is old, and the way out, in the place where the data would be. */
export function ErrorInPlace({ error, retry, since, remedy }: ErrorInPlaceProps) {
  const fault = faultOfError(error)
  const Icon = fault === null ? Unplug : OctagonX
  return (
    <div className="callout" role="alert">
      <Icon className={fault === null ? 'i' : 'i fault'} aria-hidden="true" />
      <span>
        <b>{fault === null ? <NoAnswer since={since} /> : <Words>{fault.words}</Words>}</b>{' '}
        {fault === null ? since === undefined ? '' : 'You see what was known then. ' : <>{fault.detail} </>}
        {fault !== null && remedy === undefined ? <Words>{`${fault.remedy} `}</Words> : null}
        <span className="callout-acts">
          {remedy}
          {retry === undefined ? null : <Button onClick={retry}>Try now</Button>}
        </span>
      </span>
    </div>
  )
}

function NoAnswer({ since }: { since: string | undefined }) {
  if (since === undefined) return <>No answer from the server.</>
  return (
    <>
      No answer from the server since <Clock at={since} />.
    </>
  )
}
