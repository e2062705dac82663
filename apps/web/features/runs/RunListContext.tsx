'use client'

import { createContext, type ReactNode, use, useState } from 'react'
import { useSteady } from '../../ui/useSteady.ts'
import { toggled } from './selection.ts'
import type { RunId } from './types.ts'
import { type RunActions, useRunActions } from './useRunActions.ts'

interface RunListControl {
  readonly actions: RunActions
  readonly selected: ReadonlySet<RunId>
  readonly toggle: (id: RunId) => void
  readonly clear: () => void
}

const RunListContext = createContext<RunListControl | null>(null)
const RowContext = createContext<RowControl | null>(null)

/** What a row itself does: the same for as long as the list stands, so that a row is drawn again only when it changes. */
interface RowControl {
  readonly toggle: (id: RunId) => void
  readonly archive: RunActions['archive']
}

/** What is selected, and what can be done with it: around every list of runs. */
export function RunListProvider({ children }: { children: ReactNode }) {
  const actions = useRunActions()
  const [selected, setSelected] = useState<ReadonlySet<RunId>>(new Set())
  const control: RunListControl = {
    actions,
    selected,
    toggle: (id) => setSelected((before) => toggled(before, id)),
    clear: () => setSelected(new Set()),
  }
  const [toggle, archive] = [useSteady(control.toggle), useSteady(actions.archive)]
  const [rows] = useState({ toggle, archive })
  return (
    <RowContext value={rows}>
      <RunListContext value={control}>{children}</RunListContext>
    </RowContext>
  )
}

export function useRow(): RowControl {
  const control = use(RowContext)
  if (control === null) throw new Error('a row of runs stands outside of a RunListProvider')
  return control
}

export function useRunList(): RunListControl {
  const control = use(RunListContext)
  if (control === null) throw new Error('a row of runs stands outside of a RunListProvider')
  return control
}
