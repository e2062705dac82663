'use client'

import { BadgeCheck, Check, CircleDot, X } from 'lucide-react'
import { Code } from '../../ui/Code.tsx'
import { duration } from '../../ui/format/time.ts'
import { Duration } from '../../ui/Time.tsx'
import type { StoryLine } from './story.ts'

const ICONS = {
  now: [CircleDot, 'live', 'Under way'],
  seen: [Check, '', 'Done'],
  failed: [X, 'fault', 'Red'],
  proof: [BadgeCheck, 'proof', 'Verified'],
} as const

/** Shorter than this says nothing. */
const SHORT_MS = 50

export function Story({ lines }: { lines: readonly StoryLine[] }) {
  return (
    <ol className="check story" aria-label="What happened" aria-live="polite">
      {lines.map((line) => {
        const [Icon, tone, word] = ICONS[line.mark]
        return (
          <li key={line.key}>
            <Icon className={`i s ${tone}`.trim()} role="img" aria-label={word} />
            <span>
              <span className={line.mark === 'failed' || line.mark === 'proof' ? tone : undefined}>{line.words}</span>{' '}
              {line.code === null ? null : <Code>{line.code}</Code>}
              {line.detail === null ? null : <span className="three"> {line.detail}</span>}
            </span>
            <span className="d">
              {line.ms === null ? <Duration from={line.since} /> : line.ms < SHORT_MS ? '' : duration(line.ms)}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
