'use client'

import { ArrowDownUp } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { count, counted } from '../../ui/format/amount.ts'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import type { Seen } from '../run/live/liveRun.ts'
import type { RunView } from '../run/types.ts'
import { useKeys } from '../shell/keys.ts'
import { Filters } from './Filters.tsx'
import { countsOf, linesOf } from './lines.ts'
import type { Landmark, Row } from './row.ts'
import { StripBar } from './StripBar.tsx'
import { stripOf } from './strip.ts'
import { useJump } from './useJump.ts'
import { VirtualLines } from './VirtualLines.tsx'

/** Everything that happened, one line a step. */
export function LiveTimeline({ run, live }: { run: RunView; live: Seen }) {
  const [isNewestFirst, setIsNewestFirst] = useState(true)
  const [only, setOnly] = useState<Landmark | null>(null)
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(NONE)
  const lines = linesOf(live.rows, { isNewestFirst, only, unfolded })
  const counts = countsOf(live.rows)
  const jump = useJump(lines)
  useKeys({ '[': () => jump.toLandmark(-1), ']': () => jump.toLandmark(1) })
  const jumpToStep = (step: number) => {
    const row = live.rows[step]
    if (row !== undefined) jump.toRow(row)
  }
  const unfold = (row: Row) => setUnfolded((now) => toggled(now, row.seq))
  return (
    <section className="sec timeline" aria-label="Timeline" data-seq={live.seq}>
      <div className="bar">
        <h2>Timeline</h2>
        <span className="small three">{counts.steps === 0 ? null : counted(counts.steps, 'step')}</span>
        <Button tone="bare" icon={ArrowDownUp} onClick={() => setIsNewestFirst((is) => !is)}>
          {isNewestFirst ? 'Newest first' : 'Oldest first'}
        </Button>
      </div>
      <StripBar strip={stripOf(live.rows)} counts={counts} onJump={jumpToStep} />
      <Filters counts={counts} only={only} onChange={setOnly} />
      {live.error === null ? null : <ErrorInPlace error={live.error} />}
      {live.phase === 'reading' ? (
        <LoadingRows of={`Reading the events: ${count(live.seq)} of ${count(run.state.seq)}`} />
      ) : (
        <VirtualLines ref={jump.list} run={run} lines={lines} unfolded={unfolded} onUnfold={unfold} />
      )}
      {live.phase === 'over' && live.seq === 0 ? (
        <Empty title="Its events are gone">
          They are kept for a time only. The outcome, the changes and the artifacts are kept longer.
        </Empty>
      ) : null}
    </section>
  )
}

const NONE: ReadonlySet<number> = new Set()

function toggled(set: ReadonlySet<number>, one: number): ReadonlySet<number> {
  const next = new Set(set)
  if (!next.delete(one)) next.add(one)
  return next
}
