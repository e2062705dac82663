'use client'

import { memo } from 'react'
import { counted } from '../../ui/format/amount.ts'
import { clockWithSeconds, duration, exactly } from '../../ui/format/time.ts'
import { useNow, useZone } from '../../ui/reader.tsx'
import { iconOf } from './icons.ts'
import type { Line } from './lines.ts'
import { isOpenable, type Row } from './row.ts'

interface TimelineLineProps {
  readonly line: Line
  readonly isOpen: boolean
  readonly isUnfolded: boolean
  /** Opens or closes it, or a helper's lane. */
  readonly onPress: (row: Row) => void
}

/** Icon, verb, target, result and seconds of one step. It is a button where there is more to see. */
export const TimelineLine = memo(function TimelineLine({ line, isOpen, isUnfolded, onPress }: TimelineLineProps) {
  const { row, isInLane } = line
  const inside = <Inside line={line} isUnfolded={isUnfolded} />
  if (!isOpenable(row) && row.lane.length === 0) return <div className="ev">{inside}</div>
  return (
    <button
      type="button"
      className="ev"
      data-landing={row.seq}
      aria-expanded={row.lane.length > 0 ? isUnfolded : isOpen}
      onClick={() => onPress(row)}
      data-lane={isInLane ? '' : undefined}
    >
      {inside}
    </button>
  )
})

function Inside({ line, isUnfolded }: { line: Line; isUnfolded: boolean }) {
  const { row, isInLane } = line
  const Icon = iconOf(row)
  return (
    <>
      {isInLane ? null : <At at={row.at} />}
      <Icon className={`i s ${iconTone(row)}`.trim()} aria-hidden="true" />
      <span className="vb">{row.verb}</span>
      <span className={isProse(row) ? 'tg prose' : 'tg'} translate={isProse(row) ? undefined : 'no'}>
        {row.target}
      </span>
      <span className={`rs ${row.tone === 'fault' || row.tone === 'proof' ? row.tone : ''}`.trim()}>
        <Result line={line} isUnfolded={isUnfolded} />
      </span>
      <span className="du">
        {row.ms === null || row.kind === 'question' || row.kind === 'host' ? null : duration(row.ms)}
      </span>
    </>
  )
}

function At({ at }: { at: number }) {
  const zone = useZone()
  const date = new Date(at)
  return (
    <time className="tm" dateTime={date.toISOString()} title={exactly(date, zone)}>
      {clockWithSeconds(date, zone)}
    </time>
  )
}

function Result({ line: { row, hidden }, isUnfolded }: { line: Line; isUnfolded: boolean }) {
  if (row.lane.length > 0 && !isUnfolded && hidden > 0) return `${counted(hidden, 'more step')}`
  if (row.kind === 'question' || row.kind === 'host') {
    if (row.isRunning) return <Going at={row.at} verb="waits" />
    return row.result
  }
  if (row.added !== null || row.removed !== null) {
    return (
      <span className="delta">
        {row.added === null || row.added === 0 ? null : <span className="p">+{row.added}</span>}{' '}
        {row.removed === null || row.removed === 0 ? null : <span className="m">−{row.removed}</span>}
        {row.kind === 'changes' ? <span className="two"> {row.result}</span> : null}
      </span>
    )
  }
  if (row.isRunning && row.result === '') return <Going at={row.at} verb="" />
  return row.result
}

/** How long it goes on, without the seconds that say nothing yet. */
function Going({ at, verb }: { at: number; verb: string }) {
  const ms = Math.max(0, useNow() - at)
  if (ms < 1_000) return verb
  return `${verb} ${duration(Math.floor(ms / 1_000) * 1_000)}`.trim()
}

function iconTone(row: Row): string {
  if (row.kind === 'helper' && row.isRunning) return 'live'
  if (row.tone === 'flag' || row.tone === 'fault' || row.tone === 'live') return row.tone
  return row.kind === 'end' && row.tone === 'proof' ? 'proof' : ''
}

const PROSE = new Set<Row['kind']>([
  'said',
  'thought',
  'note',
  'fired',
  'end',
  'gone',
  'stop',
  'warning',
  'budget',
  'wait',
  'helper',
])

/** Words are read as words; commands, paths and hosts as code. */
function isProse({ kind }: Row): boolean {
  return PROSE.has(kind)
}
