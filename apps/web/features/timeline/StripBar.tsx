'use client'

import { memo, type MouseEvent } from 'react'
import { counted } from '../../ui/format/amount.ts'
import type { Counts } from './lines.ts'
import { type Bar, pathOf, type Strip } from './strip.ts'

const KINDS: readonly Bar[] = ['r', 'e', 'x', 'q']

/** Every step at a glance, oldest first. Pressing goes there; the keyboard has `[` and `]`. */
export const StripBar = memo(function StripBar({
  strip,
  counts,
  onJump,
}: {
  strip: Strip
  counts: Counts
  onJump: (step: number) => void
}) {
  const { bars, stepsPerBar } = strip
  const jump = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const bar = Math.floor(((event.clientX - box.left) / box.width) * width(bars))
    onJump(Math.min(bar, bars.length - 1) * stepsPerBar)
  }
  return (
    <svg
      className="mini press"
      viewBox={`0 0 ${width(bars) * 10} 20`}
      preserveAspectRatio="none"
      role="img"
      aria-label={wordsOf(counts)}
      onClick={jump}
    >
      {KINDS.map((kind) => (
        <path key={kind} className={kind} d={pathOf(bars, kind)} />
      ))}
    </svg>
  )
})

/** A few steps do not fill the whole width with bricks. */
function width(bars: readonly Bar[]): number {
  return Math.max(38, bars.length)
}

function wordsOf({ steps, error, question, change }: Counts): string {
  const parts = [counted(change, 'change'), counted(error, 'error'), counted(question, 'question')]
  return `${counted(steps, 'step')}: ${parts.join(', ')}`
}
