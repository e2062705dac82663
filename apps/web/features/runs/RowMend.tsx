'use client'

import { Button, ButtonLink } from '../../ui/Button.tsx'
import { remedyOf } from './remedyOf.ts'
import { useRunList } from './RunListContext.tsx'
import type { ListedRun } from './types.ts'

/** The first remedy of what failed, where a row can do it. */
export function RowMend({ run }: { run: ListedRun }) {
  const { actions } = useRunList()
  const remedy = remedyOf(run)
  if (remedy === null) return null
  const again = () => {
    if (remedy.kind === 'retry' && remedy.change !== undefined) actions.retryWith(run.id, remedy.change)
    else actions.retry([run.id])
  }
  return (
    <div className="a">
      {remedy.kind === 'go' ? (
        <ButtonLink href={remedy.href}>{remedy.label}</ButtonLink>
      ) : (
        <Button onClick={again}>{remedy.label}</Button>
      )}
    </div>
  )
}
