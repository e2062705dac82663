'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { Suspense, useMemo, useRef } from 'react'
import { terminalText } from '../../../ui/format/terminalText.ts'
import { visible } from '../../../ui/format/visible.ts'
import { lazy } from '../../../ui/lazy.ts'

// Most text has no colours: then the parser is never loaded.
const Colours = lazy(() => import('../../timeline/Colours.tsx').then(({ Colours: it }) => ({ default: it })))

const LINE_PX = 20
/** A line of a minified file has megabytes, and nobody reads it to the end. */
const LONGEST_LINE = 5_000
const COLOUR = '\u001B['

/** Lines of text, with the colours of a terminal where it has some. Only those in sight exist. */
export function Lines({ text, name }: { text: string; name: string }) {
  const lines = useMemo(() => terminalText(text, { colours: true }).replace(/\n$/, '').split('\n'), [text])
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  })
  return (
    <div className="lines" ref={scroller} tabIndex={0} role="region" aria-label={name}>
      <div style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <div key={index} className="line" style={{ top: start }}>
            <span className="line-number">{index + 1}</span>
            <Line text={lines[index] ?? ''} />
          </div>
        ))}
      </div>
    </div>
  )
}

function Line({ text }: { text: string }) {
  const shown =
    text.length <= LONGEST_LINE
      ? text
      : `${text.slice(0, LONGEST_LINE).toWellFormed()} … ${text.length - LONGEST_LINE} more characters`
  if (!shown.includes(COLOUR)) return visible(shown, { keepTabs: true })
  return (
    <Suspense fallback={terminalText(shown)}>
      <Colours text={shown} />
    </Suspense>
  )
}
