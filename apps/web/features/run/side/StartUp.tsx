'use client'

import { RUN_FAULTS } from '@errand/contracts'
import { Check, Circle, CircleDot, X } from 'lucide-react'
import { Code } from '../../../ui/Code.tsx'
import { counted, ordinal } from '../../../ui/format/amount.ts'
import { duration } from '../../../ui/format/time.ts'
import { useNow } from '../../../ui/reader.tsx'
import { Clock } from '../../../ui/Time.tsx'
import { Words } from '../../../ui/Words.tsx'
import { startedMs } from '../startedMs.ts'
import type { RunView } from '../types.ts'
import { type StartLine, startLines } from './startUp.ts'

/** What happened before the agent could begin, each step with its seconds, all bars on one scale. */
export function StartUp({ run }: { run: RunView }) {
  const lines = startLines(run.state)
  const took = startedMs(run.state)
  const isUnderWay = lines.some(({ state }) => state === 'now')
  return (
    <section className={isUnderWay ? 'starting' : undefined}>
      <div className="bar">
        <h2>Start-up</h2>
        <span className="small three">{took === null || isUnderWay ? '' : duration(took)}</span>
      </div>
      {isUnderWay ? <Lines lines={lines} run={run} /> : <LinesAt lines={lines} run={run} now={lastOf(lines)} />}
    </section>
  )
}

function lastOf(lines: readonly StartLine[]): number {
  return Math.max(...lines.map(({ from, to }) => to ?? from))
}

/** Ticks: only while something is under way. */
function Lines(props: { lines: readonly StartLine[]; run: RunView }) {
  return <LinesAt {...props} now={useNow()} />
}

function LinesAt({ lines, run, now }: { lines: readonly StartLine[]; run: RunView; now: number }) {
  const begin = lines[0]?.from ?? now
  const span = Math.max(1, Math.max(now, lastOf(lines)) - begin)
  return (
    <ol className="check">
      {lines.map((line) => {
        const ms = Math.max(0, (line.to ?? now) - line.from)
        const isSlow = line.state === 'now' && ms > 2 * line.usualMs
        return (
          <li key={`${line.name}${line.from}`}>
            <LineIcon state={line.state} />
            <span>{line.name}</span>
            <span className="d">{duration(line.to === null ? Math.floor(ms / 1_000) * 1_000 : ms)}</span>
            <span className="g" aria-hidden="true">
              <i
                style={{
                  left: `min(${((line.from - begin) / span) * 100}%, 100% - 3px)`,
                  width: `${(ms / span) * 100}%`,
                }}
              />
            </span>
            {line.waiting !== null ? (
              <WaitsFor waiting={line.waiting} />
            ) : isSlow ? (
              <span className="why small two">{slowWords(line, run)}</span>
            ) : null}
            {line.state === 'failed' && line.detail !== null ? (
              <span className="why small fault">{line.detail}</span>
            ) : null}
          </li>
        )
      })}
    </ol>
  )
}

/** Not slow but held up, and by what: in the words of the fault table, with what was said of this one. */
function WaitsFor({ waiting: { code, detail, since } }: { waiting: NonNullable<StartLine['waiting']> }) {
  const { words, remedy } = RUN_FAULTS[code]
  return (
    <span className="why small waits">
      <b>{words}</b>
      <span className="two">
        <Words>{remedy}</Words>
      </span>
      {detail === null ? null : <Code>{detail}</Code>}
      <span className="three">
        So since <Clock at={since} />.
      </span>
    </span>
  )
}

function slowWords(line: StartLine, { queuePosition }: RunView): string {
  if (line.name !== 'Queued') return `Slower than usual. It waits for ${line.waitsFor}.`
  if (queuePosition === null) return `It waits for ${line.waitsFor}.`
  const before = queuePosition - 1
  return `${ordinal(queuePosition)} in line${before === 0 ? '' : `, behind ${counted(before, 'other')}`}. It waits for ${line.waitsFor}.`
}

function LineIcon({ state }: Pick<StartLine, 'state'>) {
  switch (state) {
    case 'done':
      return <Check className="i s proof" aria-label="done" />
    case 'now':
      return <CircleDot className="i s live" aria-label="under way" />
    case 'failed':
      return <X className="i s fault" aria-label="failed" />
    case 'todo':
      return <Circle className="i s three" aria-label="not yet" />
  }
}
