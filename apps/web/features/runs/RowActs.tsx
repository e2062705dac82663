'use client'

import { Button, ButtonLink } from '../../ui/Button.tsx'
import { remedyOf } from './remedyOf.ts'
import { useRunList } from './RunListContext.tsx'
import { groupOf } from './placeRows.ts'
import type { ListedRun } from './types.ts'

/** What a row offers to do: an answer to what waits, the remedy of what failed and was not looked at yet. */
export function RowActs({ run }: { run: ListedRun }) {
  const group = groupOf(run)
  if (group === 'needs')
    return (
      <div className="a">
        <ButtonLink tone="go" href={`/runs/${run.id}`} prefetch={false}>
          Read and answer
        </ButtonLink>
      </div>
    )
  const remedy = group === 'review' ? remedyOf(run) : null
  return remedy === null ? null : (
    <div className="a">
      <Remedy run={run} remedy={remedy} />
    </div>
  )
}

function Remedy({ run, remedy }: { run: ListedRun; remedy: NonNullable<ReturnType<typeof remedyOf>> }) {
  const { actions } = useRunList()
  if (remedy.kind === 'go') return <ButtonLink href={remedy.href}>{remedy.label}</ButtonLink>
  return <Button onClick={() => actions.retry([run.id])}>{remedy.label}</Button>
}
