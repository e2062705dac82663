import type { KeyboardEvent } from 'react'

/** Moves the focus among what `selector` finds in the list: arrows, Home, End, and the first letter. True when it did. */
export function focusByKey(event: KeyboardEvent<HTMLElement>, selector: string): boolean {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>(selector)]
  const at = all.findIndex((element) => element === document.activeElement)
  const next = nextIndex(event, all, at)
  const target = next === null ? undefined : all[next]
  if (target === undefined) return false
  event.preventDefault()
  target.focus()
  return true
}

function nextIndex(event: KeyboardEvent, all: readonly HTMLElement[], at: number): number | null {
  switch (event.key) {
    case 'ArrowDown':
      return (at + 1) % all.length
    case 'ArrowUp':
      return (at - 1 + all.length) % all.length
    case 'Home':
      return 0
    case 'End':
      return all.length - 1
  }
  if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return null
  const letter = event.key.toLowerCase()
  const after = [...all.slice(at + 1), ...all.slice(0, at + 1)]
  const found = after.find((element) => element.textContent.trim().toLowerCase().startsWith(letter))
  return found === undefined ? null : all.indexOf(found)
}
