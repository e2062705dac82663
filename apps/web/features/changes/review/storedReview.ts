'use client'

import type { ChangeComment, RunId } from '@errand/contracts'
import { useSyncExternalStore } from 'react'

/** What one person noted while reading the changes of a run, kept in their browser until it is sent. */
export interface Review {
  /** Keys of files (`keyOf`) that were looked at. */
  readonly seen: readonly string[]
  readonly comments: readonly ChangeComment[]
}

const NOTHING: Review = { seen: [], comments: [] }
const watchers = new Set<() => void>()
const read = new Map<string, { readonly text: string; readonly review: Review }>()

const nameOf = (runId: RunId): string => `errand-review:${runId}`

export function keyOf(file: { readonly repository: string; readonly path: string }): string {
  return `${file.repository}\n${file.path}`
}

export interface ReviewControl extends Review {
  readonly isSeen: (key: string) => boolean
  readonly setSeen: (key: string, isSeen: boolean) => void
  readonly add: (comment: ChangeComment) => void
  readonly remove: (comment: ChangeComment) => void
  readonly clearComments: () => void
}

export function useReview(runId: RunId): ReviewControl {
  const review = useSyncExternalStore(
    watch,
    () => current(runId),
    () => NOTHING,
  )
  const write = (change: Partial<Review>) => store(runId, { ...current(runId), ...change })
  return {
    ...review,
    isSeen: (key) => review.seen.includes(key),
    setSeen: (key, isSeen) => {
      const others = review.seen.filter((one) => one !== key)
      write({ seen: isSeen ? [...others, key] : others })
    },
    add: (comment) => write({ comments: [...review.comments, comment] }),
    remove: (comment) => write({ comments: review.comments.filter((one) => one !== comment) }),
    clearComments: () => write({ comments: [] }),
  }
}

/** Also from another tab of this browser. */
function watch(onChange: () => void): () => void {
  watchers.add(onChange)
  window.addEventListener('storage', onChange)
  return () => {
    watchers.delete(onChange)
    window.removeEventListener('storage', onChange)
  }
}

/** The same object for the same text, as React wants it. */
function current(runId: RunId): Review {
  const name = nameOf(runId)
  const text = localStorage.getItem(name) ?? ''
  const known = read.get(name)
  if (known?.text === text) return known.review
  const review = parsed(text)
  read.set(name, { text, review })
  return review
}

function parsed(text: string): Review {
  if (text === '') return NOTHING
  try {
    return { ...NOTHING, ...(JSON.parse(text) as Partial<Review>) }
  } catch (error) {
    // Written by hand or cut off: what was noted is lost, the changes are not.
    if (error instanceof SyntaxError) return NOTHING
    throw error
  }
}

function store(runId: RunId, review: Review): void {
  const isEmpty = review.seen.length + review.comments.length === 0
  if (isEmpty) localStorage.removeItem(nameOf(runId))
  else localStorage.setItem(nameOf(runId), JSON.stringify(review))
  for (const watcher of watchers) watcher()
}
