'use client'

import { titleOf } from '@errand/domain'
import Link from 'next/link'
import { memo } from 'react'
import { StateIcon } from '../../ui/StateLabel.tsx'
import { Clock } from '../../ui/Time.tsx'
import { Trail } from '../../ui/Trail.tsx'
import { repositoryName } from '../run/repositoryName.ts'
import { trailOf } from '../run/trailOf.ts'
import { Age } from './Age.tsx'
import { groupOf } from './placeRows.ts'
import { RowActs } from './RowActs.tsx'
import { RowLine } from './RowLine.tsx'
import { rowMoney } from './rowMoney.ts'
import { rowState } from './rowLine.ts'
import { useRow, useRunList } from './RunListContext.tsx'
import { doableWith } from './selection.ts'
import type { ListedRun } from './types.ts'
import { useTouch } from './useTouch.ts'

/** One run: what it is called, the one line of truth, how far it came, what it cost, how old it is. */
export function RunRow({ run }: { run: ListedRun }) {
  return <Row run={run} isSelected={useRunList().selected.has(run.id)} />
}

const Row = memo(function Row({ run, isSelected }: { run: ListedRun; isSelected: boolean }) {
  const { archive, toggle } = useRow()
  const canArchive = doableWith([run]).archive.length > 0
  const touch = useTouch({
    onLongPress: () => toggle(run.id),
    onSwipeLeft: canArchive ? () => archive([run]) : undefined,
  })
  const title = titleOf(run.prompt)
  return (
    <li className={lookOf(run)} data-run={run.id} data-selected={isSelected ? '' : undefined} {...touch}>
      {groupOf(run) === 'needs' ? <Pennant /> : null}
      <StateIcon state={rowState(run)} />
      <label className="row-tick">
        <input
          type="checkbox"
          className="tick"
          checked={isSelected}
          aria-label={`Select ${title}`}
          onChange={() => toggle(run.id)}
        />
      </label>
      <div className="b">
        <Link className="t" href={`/runs/${run.id}`} prefetch={false}>
          {title}
          {run.batch === null ? null : (
            <span className="row-attempt">
              attempt {run.batch.attempt} of {run.batch.attempts}
            </span>
          )}
          {isNew(run) ? <span className="dot" role="img" aria-label="not looked at yet" /> : null}
        </Link>
        <RowLine run={run} />
      </div>
      <div className="mt">
        <Where run={run} />
        <Trail marks={trailOf(run.state)} />
        <span className="m">{rowMoney(run)}</span>
        <span className="m age">
          <RowTime run={run} />
        </span>
      </div>
      <RowActs run={run} />
    </li>
  )
})

function lookOf(run: ListedRun): string {
  const group = groupOf(run)
  if (group === 'needs') return 'row needs'
  if (group === 'review') return 'row new'
  return group === 'done' || group === null ? 'row old' : 'row'
}

function isNew(run: ListedRun): boolean {
  return groupOf(run) === 'review'
}

function Where({ run: { repositories } }: { run: ListedRun }) {
  const [first, ...more] = repositories.map(repositoryName)
  const where = first === undefined ? 'no repository' : more.length === 0 ? first : `${first} and ${more.length} more`
  return (
    <span className="w" title={repositories.map(({ name }) => name).join(', ')}>
      {where}
    </span>
  )
}

/** The age of what needs a look; of what is done, the time of day. */
function RowTime({ run }: { run: ListedRun }) {
  const { endedAt, createdAt } = run.state
  if (endedAt === null) return <Age at={createdAt} />
  return isNew(run) ? <Age at={endedAt} /> : <Clock at={endedAt} />
}

function Pennant() {
  return (
    <svg className="pn" viewBox="0 0 11 18" aria-hidden="true">
      <path d="M0 0l11 9-11 9z" />
    </svg>
  )
}
