'use client'

import { createContext, type ReactNode, use, useSyncExternalStore } from 'react'

interface Reader {
  /** The server's clock when it made the page: the first paint in the browser must say what the server said. */
  readonly now: number
  /** The time zone of this reader as the browser told it last time; null on a first visit. */
  readonly zone: string | null
}

const ReaderContext = createContext<Reader>({ now: 0, zone: null })

/** Who reads: their time zone, and the moment the page was made. Around every page, by the root layout. */
export function ReaderProvider({ now, zone, children }: Reader & { children: ReactNode }) {
  return <ReaderContext value={{ now, zone }}>{children}</ReaderContext>
}

/** The reader's time zone: the browser's, and before it has said so the one in the cookie. */
export function useZone(): string {
  const { zone } = use(ReaderContext)
  return useSyncExternalStore(noChange, browserZone, () => zone ?? 'UTC')
}

let foundZone: string | undefined

/** Asked by every row of a list, and the same for as long as the page is open. */
function browserZone(): string {
  foundZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone
  return foundZone
}

/**
 * The time in ms, told again every `everyMs` (a second, or more where nobody reads the seconds). However many parts ask,
 * there is one interval, and none while the tab is hidden: it says the right time at once when it is shown again.
 */
export function useNow(everyMs = 1_000): number {
  const { now } = use(ReaderContext)
  return useSyncExternalStore(
    watchClock,
    () => Math.floor(clockNow() / everyMs) * everyMs,
    () => Math.floor(now / everyMs) * everyMs,
  )
}

const TICK_MS = 1_000
const watchers = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
let lastTick = 0

function clockNow(): number {
  // Between two ticks every part sees the same time, so one row cannot be a second ahead of its neighbour.
  const now = Date.now()
  if (watchers.size === 0 || now - lastTick >= TICK_MS * 2 || now < lastTick) lastTick = now
  return lastTick
}

function watchClock(onTick: () => void): () => void {
  watchers.add(onTick)
  if (watchers.size === 1) {
    document.addEventListener('visibilitychange', restart)
    restart()
  }
  return () => {
    watchers.delete(onTick)
    if (watchers.size > 0) return
    document.removeEventListener('visibilitychange', restart)
    clearInterval(timer)
  }
}

function restart(): void {
  clearInterval(timer)
  if (document.visibilityState === 'hidden') return
  tick()
  timer = setInterval(tick, TICK_MS)
}

function tick(): void {
  lastTick = Date.now()
  for (const watcher of watchers) watcher()
}

function noChange(): () => void {
  return () => undefined
}
