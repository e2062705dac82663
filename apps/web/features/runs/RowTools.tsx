'use client'

import { SelectionBar } from './SelectionBar.tsx'
import type { ListedRun } from './types.ts'
import { useRowKeys } from './useRowKeys.ts'

/** Keys and selection, for the rows that a person sees. */
export function RowTools({ runs }: { runs: readonly ListedRun[] }) {
  useRowKeys(runs)
  return <SelectionBar runs={runs} />
}
