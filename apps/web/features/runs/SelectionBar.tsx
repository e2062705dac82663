'use client'

import { Archive, ArchiveRestore, CircleStop, Eye, RotateCcw, X } from 'lucide-react'
import type { ComponentProps } from 'react'
import { Button } from '../../ui/Button.tsx'
import { counted } from '../../ui/format/amount.ts'
import { useRunList } from './RunListContext.tsx'
import { doableWith } from './selection.ts'
import type { ListedRun, RunId } from './types.ts'

/** What can be done with the selected runs, while any are selected. */
export function SelectionBar({ runs }: { runs: readonly ListedRun[] }) {
  const { actions, selected, clear } = useRunList()
  const chosen = runs.filter(({ id }) => selected.has(id))
  if (chosen.length === 0) return null
  const can = doableWith(chosen)
  const withRuns = (ids: readonly RunId[]) => chosen.filter(({ id }) => ids.includes(id))
  const act = (action: () => void) => () => {
    action()
    clear()
  }
  const of = (ids: readonly RunId[]) => ({ of: ids.length, all: chosen.length })
  return (
    <div className="selbar" role="toolbar" aria-label="Selected runs">
      <b role="status">{counted(chosen.length, 'run')} selected</b>
      <Act {...of(can.stop)} icon={CircleStop} tone="stop" onClick={act(() => actions.stop(can.stop))}>
        Stop
      </Act>
      <Act {...of(can.retry)} icon={RotateCcw} onClick={act(() => actions.retry(can.retry))}>
        Retry
      </Act>
      <Act {...of(can.see)} icon={Eye} onClick={act(() => actions.see(withRuns(can.see)))}>
        Mark as seen
      </Act>
      <Act {...of(can.archive)} icon={Archive} onClick={act(() => actions.archive(withRuns(can.archive)))}>
        Archive
      </Act>
      <Act {...of(can.restore)} icon={ArchiveRestore} onClick={act(() => actions.restore(withRuns(can.restore)))}>
        Restore
      </Act>
      <Button tone="bare" square icon={X} onClick={clear}>
        Select nothing
      </Button>
    </div>
  )
}

/** Left out where it can be done with none of them; says with how many where not with all. */
function Act({ of: n, all, children, ...rest }: { of: number; all: number } & ComponentProps<typeof Button>) {
  if (n === 0) return null
  return (
    <Button {...rest}>
      {children}
      {n === all ? null : ` ${n}`}
    </Button>
  )
}
