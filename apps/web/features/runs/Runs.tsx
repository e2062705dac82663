'use client'

import { useQueryClient } from '@tanstack/react-query'
import { CheckCheck } from 'lucide-react'
import { useCommands } from '../shell/commands.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { FilterLine } from './FilterLine.tsx'
import { FoundRuns } from './FoundRuns.tsx'
import type { Outgoing } from './outgoing.ts'
import { shownRuns } from './placeRows.ts'
import { RunGroups } from './RunGroups.tsx'
import { RunListProvider, useRunList } from './RunListContext.tsx'
import { SelectionBar } from './SelectionBar.tsx'
import type { ListedRun } from './types.ts'
import { useFilter } from './useFilter.ts'
import { useRowKeys } from './useRowKeys.ts'
import { FOUND_RUNS, type FoundPages, useLiveRuns, useRunGroups } from './useRunGroups.ts'

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
  const runs = useShownRuns(filter !== null)
  const isEmpty = filter === null && runs.length === 0
  useRowKeys(runs)
  useCommands([{ id: 'see-all', name: 'Mark all runs as seen', icon: CheckCheck, run: actions.seeAll }])
  return (
    <div data-selecting={selected.size > 0 ? '' : undefined}>
      {isEmpty ? null : <FilterLine />}
      {actions.error === null ? null : <ErrorInPlace error={actions.error} />}
      {filter === null ? <RunGroups outgoing={outgoing} /> : <FoundRuns filter={filter} />}
      <SelectionBar runs={runs} />
    </div>
  )
}

/** Those on the page: keys and the selection act on what a person sees. */
function useShownRuns(isFiltered: boolean): readonly ListedRun[] {
  const groups = useRunGroups().data
  const queries = useQueryClient()
  if (!isFiltered) return groups === undefined ? [] : shownRuns(groups)
  const [found] = queries.getQueriesData<FoundPages>({ queryKey: FOUND_RUNS, type: 'active' }).map(([, data]) => data)
  return found?.pages.flatMap((page) => page.runs) ?? []
}
