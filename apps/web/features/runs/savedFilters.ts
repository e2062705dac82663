'use client'

import { useSyncExternalStore } from 'react'

const KEY = 'errand-filters'
const MOST = 20
const watchers = new Set<() => void>()
const NONE = '[]'

/** Addresses of the filters that somebody keeps in this browser. */
export function useSavedFilters() {
  const text = useSyncExternalStore(
    (onChange) => {
      watchers.add(onChange)
      return () => void watchers.delete(onChange)
    },
    () => localStorage.getItem(KEY) ?? NONE,
    () => NONE,
  )
  const saved = addressesIn(text)
  const write = (next: readonly string[]) => {
    localStorage.setItem(KEY, JSON.stringify(next))
    for (const watcher of watchers) watcher()
  }
  return {
    saved,
    save: (address: string) => write([address, ...saved.filter((one) => one !== address)].slice(0, MOST)),
    forget: (address: string) => write(saved.filter((one) => one !== address)),
  }
}

/** Whatever lies there: another version, or somebody's hand, may have written it. */
function addressesIn(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string' && one.startsWith('/?')) : []
  } catch {
    return []
  }
}
