'use client'

import { CheckCheck } from 'lucide-react'
import { Arriving } from '../../ui/Arriving.tsx'
import { useCommands } from '../shell/commands.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { lazy } from '../../ui/lazy.ts'
import { FilterLine } from './FilterLine.tsx'
import type { RunFilter } from './filter.ts'
import type { Outgoing } from './outgoing.ts'
import { isNothingThere } from './placeRows.ts'
import { RunGroups } from './RunGroups.tsx'
import { RunListProvider, useRunList } from './RunListContext.tsx'
import { useFilter } from './useFilter.ts'
import { useLiveRuns, useRunGroups } from './useRunGroups.ts'

const FoundRuns = lazy(() => import('./FoundRuns.tsx').then(({ FoundRuns: it }) => ({ default: it })))

/** Everybody's runs: by what they need, or those that a filter leaves. Live. */
export function Runs({ outgoing }: { outgoing: readonly Outgoing[] }) {
  useLiveRuns()
  return (
    <RunListProvider>
      <List outgoing={outgoing} />
    </RunListProvider>
  )
}

function List({ outgoing }: { outgoing: readonly Outgoing[] }) {
  const { filter } = useFilter()
  const { actions, selected } = useRunList()
  const groups = useRunGroups().data
  const isEmpty = filter === null && isNothingThere(groups)
  useCommands([{ id: 'see-all', name: 'Mark all runs as seen', icon: CheckCheck, run: actions.seeAll }])
  return (
    <div data-selecting={selected.size > 0 ? '' : undefined}>
      {isEmpty ? null : <FilterLine />}
      {actions.error === null ? null : <ErrorInPlace error={actions.error} />}
      {filter === null ? <RunGroups outgoing={outgoing} /> : <Found filter={filter} />}
    </div>
  )
}

function Found({ filter }: { filter: RunFilter }) {
  return (
    <Arriving fallback={<LoadingRows of="Looking" />}>
      <FoundRuns filter={filter} />
    </Arriving>
  )
}
