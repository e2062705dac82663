'use client'

import { useSearchParams } from 'next/navigation'
import { addressOf, filterOf, NO_FILTER, type RunFilter } from './filter.ts'

/** The filter in the address; changing it makes no new page. */
export function useFilter() {
  const filter = filterOf(new URLSearchParams(useSearchParams().toString()))
  const set = (next: RunFilter, isList = filter?.show === 'all') => {
    const address = addressOf(next, isList)
    // Into a filter and out of it is a step that Back undoes; refining it is not.
    if ((filter === null) === (address === '/')) window.history.replaceState(null, '', address)
    else window.history.pushState(null, '', address)
  }
  const change = (part: Partial<RunFilter>) => set({ ...(filter ?? NO_FILTER), ...part })
  return { filter, change, leave: () => set(NO_FILTER, false) }
}
