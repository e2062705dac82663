'use client'

import { useKeys } from '../shell/keys.ts'
import { useRunList } from './RunListContext.tsx'
import { doableWith, nextMark } from './selection.ts'
import type { ListedRun } from './types.ts'

const TITLES = '.row a.t'

/** `j` `k` move among the rows, `x` selects, `e` goes one step on, `n` leads to what needs a person. */
export function useRowKeys(runs: readonly ListedRun[]): void {
  const { actions, selected, toggle, clear } = useRunList()
  const act = () => {
    const meant =
      selected.size > 0 ? runs.filter(({ id }) => selected.has(id)) : runs.filter(({ id }) => id === rowHere())
    const [first] = meant
    if (first === undefined) return
    const mark = nextMark(first)
    // The row goes; who works with the keyboard stands on the next one.
    if (mark !== null && selected.size === 0) move(1)
    const fitting = mark === null ? [] : doableWith(meant)[mark]
    if (mark === 'see') actions.see(meant.filter(({ id }) => fitting.includes(id)))
    if (mark === 'archive') actions.archive(meant.filter(({ id }) => fitting.includes(id)))
    clear()
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    n: () => focusNext('.row.needs a.t'),
    x: () => {
      const run = runs.find(({ id }) => id === rowHere())
      if (run !== undefined) toggle(run.id)
    },
    e: act,
    Escape: clear,
  })
}

function rowHere(): string | undefined {
  return document.activeElement?.closest<HTMLElement>('[data-run]')?.dataset['run']
}

function move(by: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>(TITLES)]
  const here = document.activeElement?.closest('.row')?.querySelector<HTMLElement>('a.t') ?? null
  const at = here === null ? -1 : all.indexOf(here)
  const to = at === -1 ? (by === 1 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))
  all[to]?.focus()
}

function focusNext(selector: string): void {
  const all = [...document.querySelectorAll<HTMLElement>(selector)]
  const at = all.findIndex((element) => element === document.activeElement)
  all[(at + 1) % Math.max(1, all.length)]?.focus()
}
