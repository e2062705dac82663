'use client'

import { useSyncExternalStore } from 'react'

/** How this person reads diffs, in this browser. */
export interface DiffLook {
  readonly view: 'unified' | 'split'
  readonly isWrapped: boolean
  readonly ignoresWhitespace: boolean
}

const NAME = 'errand-diff'
const USUAL: DiffLook = { view: 'unified', isWrapped: false, ignoresWhitespace: false }
const watchers = new Set<() => void>()
let known: { readonly text: string; readonly look: DiffLook } = { text: '', look: USUAL }

export function useDiffLook(): readonly [DiffLook, (change: Partial<DiffLook>) => void] {
  const look = useSyncExternalStore(watch, current, () => USUAL)
  return [look, change]
}

function watch(onChange: () => void): () => void {
  watchers.add(onChange)
  return () => void watchers.delete(onChange)
}

function current(): DiffLook {
  const text = localStorage.getItem(NAME) ?? ''
  if (text !== known.text) known = { text, look: lookOf(new URLSearchParams(text)) }
  return known.look
}

function lookOf(fields: URLSearchParams): DiffLook {
  return {
    view: fields.get('view') === 'split' ? 'split' : 'unified',
    isWrapped: fields.has('wrap'),
    ignoresWhitespace: fields.has('whitespace'),
  }
}

function change(part: Partial<DiffLook>): void {
  const { view, isWrapped, ignoresWhitespace } = { ...current(), ...part }
  const fields = new URLSearchParams({ view })
  if (isWrapped) fields.set('wrap', '')
  if (ignoresWhitespace) fields.set('whitespace', '')
  localStorage.setItem(NAME, fields.toString())
  for (const watcher of watchers) watcher()
}
