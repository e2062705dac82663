'use client'

import { type RefObject, useRef } from 'react'
import { type Line, nextLandmark } from './lines.ts'
import type { Row } from './row.ts'
import type { LineList } from './VirtualLines.tsx'

interface Jump {
  readonly list: RefObject<LineList | null>
  readonly toLandmark: (step: 1 | -1) => void
  readonly toRow: (row: Row) => void
}

/** Going to a line, which may not be in the page yet, and giving it the focus. */
export function useJump(lines: readonly Line[]): Jump {
  const list = useRef<LineList>(null)
  const last = useRef<number | null>(null)
  const to = (index: number) => {
    const line = lines[index]
    if (line === undefined) return
    last.current = line.row.seq
    list.current?.scrollTo(index)
    focusWhenThere(line.row.seq)
  }
  return {
    list,
    toLandmark: (step) => {
      const from = lines.findIndex(({ row }) => row.seq === last.current)
      const next = nextLandmark(lines, from === -1 ? (step === 1 ? -1 : lines.length) : from, step)
      if (next !== null) to(next)
    },
    toRow: (row) => to(lines.findIndex((line) => line.row.seq === row.seq)),
  }
}

const FRAMES = 20

/** A line far away is in the page some frames after the scroll. */
function focusWhenThere(seq: number, frames = FRAMES): void {
  const line = document.querySelector<HTMLElement>(`.tl li[data-seq="${seq}"]`)
  if (line === null) {
    if (frames > 0) requestAnimationFrame(() => focusWhenThere(seq, frames - 1))
    return
  }
  const target = line.querySelector<HTMLElement>('button.ev') ?? line
  if (target === line) line.tabIndex = -1
  target.focus({ preventScroll: true })
}
