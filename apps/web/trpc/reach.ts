'use client'

import { onlineManager, useQueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'

interface Seen {
  readonly isOnline: boolean
  /** Since when nothing answered (ms); null while all is well. */
  readonly since: number | null
  readonly nextTryAt: number
}

const TRY_AGAIN_MS = 4_000
const WELL: Seen = { isOnline: true, since: null, nextTryAt: 0 }

/**
 * Whether the server answers, as the requests of this tab see it. One that gets no answer at all starts a small question
 * every few seconds; when that is answered, everything that is shown is read again.
 */
class Reach {
  #seen: Seen = WELL
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #watchers = new Set<() => void>()

  /** Called by the data layer after each request. */
  note(hasAnswered: boolean): void {
    // What was answered before the line went says nothing about now.
    if (hasAnswered && onlineManager.isOnline()) this.#set(WELL)
    else if (this.#seen.since === null) this.#fail()
  }

  watch = (onChange: () => void): (() => void) => {
    this.#watchers.add(onChange)
    const off = onlineManager.subscribe((isOnline) => (isOnline ? void this.tryNow() : this.#fail()))
    // The line may have gone before this page was alive to hear of it.
    onlineManager.setOnline(navigator.onLine)
    return () => {
      this.#watchers.delete(onChange)
      off()
    }
  }

  get = (): Seen => this.#seen

  tryNow = async (): Promise<void> => {
    clearTimeout(this.#timer)
    if (!onlineManager.isOnline()) return this.#fail()
    // Whatever the answer is: somebody is there. Our own words for "no server behind this address" are 502 to 504.
    const answer = await fetch('/healthz', { cache: 'no-store' }).catch(() => null)
    if (answer !== null && (answer.status < 502 || answer.status > 504)) this.#set(WELL)
    else this.#fail()
  }

  #fail(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.tryNow(), TRY_AGAIN_MS)
    const now = Date.now()
    this.#set({ isOnline: onlineManager.isOnline(), since: this.#seen.since ?? now, nextTryAt: now + TRY_AGAIN_MS })
  }

  #set(seen: Seen): void {
    if (seen === this.#seen) return
    this.#seen = seen
    for (const watcher of this.#watchers) watcher()
  }
}

export const reach = new Reach()

export function useReach(): Seen & { readonly tryNow: () => void } {
  const queries = useQueryClient()
  const seen = useSyncExternalStore(reach.watch, reach.get, () => WELL)
  const tryNow = () => {
    void reach.tryNow().then(() => queries.invalidateQueries())
  }
  return { ...seen, tryNow }
}
