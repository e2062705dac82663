'use client'

import { Suspense } from 'react'
import { lazy } from '../../ui/lazy.ts'
import { useRunList } from './RunListContext.tsx'
import type { ListedRun } from './types.ts'
import { useRowKeys } from './useRowKeys.ts'

const SelectionBar = lazy(() => import('./SelectionBar.tsx').then(({ SelectionBar: it }) => ({ default: it })))

/** Keys and selection, for the rows that a person sees. */
export function RowTools({ runs }: { runs: readonly ListedRun[] }) {
  useRowKeys(runs)
  if (useRunList().selected.size === 0) return null
  return (
    <Suspense>
      <SelectionBar runs={runs} />
    </Suspense>
  )
}
