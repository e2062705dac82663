'use client'

import { useSyncExternalStore } from 'react'

/** As in styles/phone.css. */
const NARROW = '(max-width: 860px)'

/** On phones a diff is always unified. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    watch,
    () => window.matchMedia(NARROW).matches,
    () => false,
  )
}

function watch(onChange: () => void): () => void {
  const query = window.matchMedia(NARROW)
  query.addEventListener('change', onChange)
  return () => query.removeEventListener('change', onChange)
}
