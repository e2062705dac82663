'use client'

import { useEffect, useEffectEvent } from 'react'

/** `c`, `?`, `shift+s`, `mod+k` (⌘ or Ctrl), or two keys after one another: `g r`. */
export type Keys = Readonly<Record<string, () => void>>

const SECOND_KEY_MS = 1_500
const SWITCH = 'errand-single-keys'

/** Whether keys without ⌘ or Ctrl do anything; a person can switch them off in the settings. */
export function areSingleKeysOn(): boolean {
  return localStorage.getItem(SWITCH) !== 'off'
}

export function switchSingleKeys(on: boolean): void {
  if (on) localStorage.removeItem(SWITCH)
  else localStorage.setItem(SWITCH, 'off')
}

/**
 * Keys of a page, while it is there. Single ones are off while somebody types, in a menu, and in a dialog. None of them
 * may grant anything: they move, open, and stop.
 */
export function useKeys(keys: Keys): void {
  const press = useEffectEvent((event: KeyboardEvent, first: string | null): string | null => {
    const key = nameOf(event)
    const isModified = key.startsWith('mod+')
    if (!isModified && (isElsewhere(event) || !areSingleKeysOn())) return null
    const action = keys[first === null ? key : `${first} ${key}`]
    if (action !== undefined) {
      event.preventDefault()
      action()
      return null
    }
    return Object.keys(keys).some((name) => name.startsWith(`${key} `)) ? key : null
  })
  // The external system is the keyboard.
  useEffect(() => {
    let first: string | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.repeat) return
      first = press(event, first)
      clearTimeout(timer)
      if (first !== null) timer = setTimeout(() => (first = null), SECOND_KEY_MS)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => {
      window.removeEventListener('keydown', onKeyDown)
      clearTimeout(timer)
    }
  }, [])
}

/** Escape leaves a text field of the page, so that the keys above work again. What is typed stays. */
export function useWayOutOfText(): void {
  // The external system is the keyboard.
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { key, target, defaultPrevented, isComposing } = event
      if (key !== 'Escape' || defaultPrevented || isComposing || !(target instanceof HTMLElement)) return
      if (target.matches('input, textarea') && target.closest('dialog, [popover]') === null) target.blur()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}

/** As it stands in `Keys`. A printable key is what it prints, so `?` is `?` on every keyboard. */
function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  if (ctrlKey || metaKey) return `mod+${key.toLowerCase()}`
  if (altKey) return `alt+${key.toLowerCase()}`
  const isLetter = /^[a-z]$/i.test(key)
  return shiftKey && isLetter ? `shift+${key.toLowerCase()}` : key
}

/** In a text, a menu or a dialog the keys belong to that; one that was just closed may have the focus until the next frame. */
function isElsewhere({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    target.isContentEditable ||
    target.closest(
      'input:not([type=radio]):not([type=checkbox]), textarea, select, [role=menu], dialog[open], :popover-open',
    ) !== null
  )
}
