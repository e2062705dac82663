'use client'

import type { OpenQuestion } from '@errand/domain'
import type { LucideIcon } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { roughly } from '../../../ui/format/time.ts'
import { useNow } from '../../../ui/reader.tsx'
import { Slip } from '../../../ui/Slip.tsx'
import { Clock } from '../../../ui/Time.tsx'

interface CardProps {
  readonly question: Pick<OpenQuestion, 'id' | 'expiresAt'>
  readonly icon: LucideIcon
  readonly title: string
  readonly error: unknown
  readonly children: ReactNode
}

/** A slip with a flag: what is asked, what no answer means and when, and below it all that must be judged. */
export function Card({ question, icon: Icon, title, error, children }: CardProps) {
  const heading = useId()
  return (
    <Slip tone="ask" role="region" aria-labelledby={heading} tabIndex={-1} data-question={question.id}>
      <div className="hd">
        <h2 id={heading}>
          <Icon className="i flag" aria-hidden="true" /> {title}
        </h2>
        <span className="due">
          <Due at={question.expiresAt} />
        </span>
      </div>
      {children}
      {error === null ? null : <ErrorInPlace error={error} />}
    </Slip>
  )
}

function Due({ at }: { at: string }) {
  const left = Date.parse(at) - useNow()
  if (left <= 0) return 'Its time is over: that means no.'
  return (
    <>
      No answer by <Clock at={at} /> means no. {roughly(left)} left.
    </>
  )
}
