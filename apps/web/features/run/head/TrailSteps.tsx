'use client'

import { isTerminal } from '@errand/domain'
import { duration } from '../../../ui/format/time.ts'
import { counted } from '../../../ui/format/amount.ts'
import { Clock } from '../../../ui/Time.tsx'
import { type Mark, TRAIL_NAMES, TrailMark } from '../../../ui/Trail.tsx'
import { startedMs } from '../startedMs.ts'
import { trailOf } from '../trailOf.ts'
import type { RunView } from '../types.ts'
import type { ReactNode } from 'react'

const NAMES = { fired: 'Fired', started: 'Started', acted: 'Acted', verified: 'Verified' } as const

/** The trail at full width, each mark with what was seen of it. */
export function TrailSteps({ run }: { run: RunView }) {
  const marks = trailOf(run.state)
  return (
    <ol className="steps" aria-label="How far it got">
      {TRAIL_NAMES.map((name, index) => {
        const mark = marks[index] ?? 'todo'
        return (
          <li key={name} className={isOpenAfter(marks[index + 1]) ? 'no' : undefined}>
            <svg className="trail" viewBox="0 0 16 16" aria-hidden="true">
              <TrailMark mark={mark} x={8} />
            </svg>
            <b>{NAMES[name]}</b>
            {mark === 'todo' && isTerminal(run.state.status) ? 'not reached' : words(name, mark, run)}
          </li>
        )
      })}
    </ol>
  )
}

function isOpenAfter(next: Mark | undefined): boolean {
  return next === 'todo' || next === 'skipped'
}

const PLAIN: Partial<Record<Mark, string>> = {
  todo: 'not yet',
  now: 'under way',
  stopped: 'stopped',
  failed: 'failed',
  skipped: 'skipped',
}

function words(name: (typeof TRAIL_NAMES)[number], mark: Mark, run: RunView): ReactNode {
  const { state } = run
  switch (name) {
    case 'fired':
      return <Clock at={state.createdAt} seconds />
    case 'started': {
      const ms = startedMs(state)
      return mark === 'seen' && ms !== null ? `in ${duration(ms)}` : PLAIN[mark]
    }
    case 'acted':
      return actedWords(mark, run)
    case 'verified':
      if (mark === 'unchecked') return 'not checked'
      if (mark === 'verified') return run.state.evidence === null ? 'yes' : 'the check held'
      return mark === 'failed' ? 'the check did not hold' : PLAIN[mark]
  }
}

function actedWords(mark: Mark, { state }: RunView): string | undefined {
  if (mark === 'flag') return 'waits for you'
  if (mark === 'unchecked') return 'changed nothing'
  const files = state.changes.reduce((sum, one) => sum + one.files, 0)
  if (mark === 'seen' && files > 0) return counted(files, 'file')
  // A script has no steps of its own to count.
  const isCounted = (mark === 'seen' || mark === 'now') && state.toolCalls > 0
  return isCounted ? counted(state.toolCalls, 'step') : (PLAIN[mark] ?? 'done')
}
