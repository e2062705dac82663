'use client'

import { useWindowVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { type Ref, useCallback, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react'
import { useIsNarrow } from '../changes/useIsNarrow.ts'
import type { RunView } from '../run/types.ts'
import type { Line } from './lines.ts'
import { OpenRow } from './OpenRow.tsx'
import { opensByItself, type Row } from './row.ts'
import { TimelineLine } from './TimelineLine.tsx'

export interface LineList {
  readonly scrollTo: (index: number) => void
  /** The line that is read: the one with the focus, else the first in sight. */
  readonly current: () => number
}

interface VirtualLinesProps {
  readonly ref: Ref<LineList>
  readonly run: RunView
  readonly lines: readonly Line[]
  readonly unfolded: ReadonlySet<number>
  readonly onUnfold: (row: Row) => void
}

const LINE_PX = 35
const PHONE_LINE_PX = 53

/** Only the lines in sight are in the page, however many there are. The page itself scrolls. */
export function VirtualLines({ ref, run, lines, unfolded, onUnfold }: VirtualLinesProps) {
  const list = useRef<HTMLOListElement>(null)
  const [top, setTop] = useState(0)
  const [opened, setOpened] = useState<ReadonlyMap<number, boolean>>(new Map())
  const linePx = useIsNarrow() ? PHONE_LINE_PX : LINE_PX
  // Another function would mean other keys, and the places of all lines would be computed anew with each frame.
  const getItemKey = useCallback((index: number) => lines[index]?.row.seq ?? index, [lines])
  const virtual = useWindowVirtualizer<HTMLLIElement>({
    count: lines.length,
    // Asked of every line, thousands of times: nothing is looked up here.
    estimateSize: () => linePx,
    overscan: 12,
    scrollMargin: top,
    getItemKey,
    // Whoever has scrolled into the list keeps what they read in its place when something new comes in over it; at the
    // top of the page the new is what they look at.
    anchorTo: typeof window !== 'undefined' && window.scrollY > top ? 'end' : 'start',
  })
  // The external system is the layout: what stands above the list decides where it begins.
  useLayoutEffect(() => {
    const element = list.current
    // Scrolling moves nothing above it, and asking for its place would lay out the page once more for each frame.
    if (element !== null && !virtual.isScrolling)
      setTop(Math.round(element.getBoundingClientRect().top + window.scrollY))
  })
  useImperativeHandle(ref, () => ({
    scrollTo: (index) => virtual.scrollToIndex(index, { align: 'center' }),
    current: () => focusedIndex(list.current) ?? firstInSight(virtual),
  }))
  const press = useCallback(
    (row: Row) => {
      if (row.lane.length > 0) onUnfold(row)
      else setOpened((now) => new Map(now).set(row.seq, !(now.get(row.seq) ?? opensByItself(row))))
    },
    [onUnfold],
  )
  return (
    <ol className="tl" ref={list} style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => {
        const line = lines[item.index]
        if (line === undefined) return null
        const { row } = line
        const isOpen = opened.get(row.seq) ?? opensByItself(row)
        return (
          <li
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            data-seq={row.seq}
            className={laneClass(line, lines[item.index + 1])}
            style={{ transform: `translateY(${item.start - top}px)` }}
          >
            <TimelineLine line={line} isOpen={isOpen} isUnfolded={unfolded.has(row.seq)} onPress={press} />
            {isOpen && row.lane.length === 0 ? <OpenRow row={row} run={run} /> : null}
          </li>
        )
      })}
    </ol>
  )
}

function laneClass({ isInLane }: Line, below: Line | undefined): string | undefined {
  if (!isInLane) return undefined
  return below?.isInLane === true && below.row.lane.length === 0 ? 'in-lane' : 'in-lane last'
}

function focusedIndex(list: HTMLElement | null): number | null {
  const index = list?.querySelector<HTMLElement>('li:focus-within')?.dataset['index']
  return index === undefined ? null : Number(index)
}

function firstInSight(virtual: Virtualizer<Window, HTMLLIElement>): number {
  const middle = (virtual.scrollOffset ?? 0) + window.innerHeight / 2
  return virtual.getVirtualItemForOffset(middle)?.index ?? -1
}
