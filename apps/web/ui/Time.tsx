'use client'

import type { ReactNode } from 'react'
import { ago, clock, clockWithSeconds, duration, exactly, roughly } from './format/time.ts'
import { useNow, useZone } from './reader.tsx'

const MINUTE_MS = 60_000

/** `6 min ago`; the title holds the exact time. */
export function Ago({ at }: { at: string }) {
  const isFresh = Math.abs(useNow(MINUTE_MS) - Date.parse(at)) < 2 * MINUTE_MS
  return <Stamp at={at}>{isFresh ? <FreshAgo at={at} /> : <OldAgo at={at} />}</Stamp>
}

/** `14:02`, `yesterday 14:02`, `3 Mar`; the title holds the exact time. `seconds`: always `14:02:07`. */
export function Clock({ at, seconds = false }: { at: string; seconds?: boolean }) {
  const zone = useZone()
  const now = useNow(MINUTE_MS)
  return <Stamp at={at}>{seconds ? clockWithSeconds(at, zone) : clock(at, { now, zone })}</Stamp>
}

/** From `from` to `to`, in words; ticks by itself while there is no `to`. `short`: in one unit, for a column. */
export function Duration({ from, to = null, short = false }: { from: string; to?: string | null; short?: boolean }) {
  if (to === null) return <Running from={from} short={short} />
  const ms = Date.parse(to) - Date.parse(from)
  return <>{short ? roughly(ms) : duration(ms)}</>
}

function Running({ from, short }: { from: string; short: boolean }) {
  const ms = Math.max(0, useNow() - Date.parse(from))
  // Whole seconds while it runs: tenths that jump by ten say nothing.
  const whole = Math.floor(ms / 1_000) * 1_000
  return <>{short ? roughly(whole) : duration(whole)}</>
}

function FreshAgo({ at }: { at: string }) {
  return ago(at, useNow())
}

function OldAgo({ at }: { at: string }) {
  return ago(at, useNow(MINUTE_MS))
}

function Stamp({ at, children }: { at: string; children: ReactNode }) {
  const zone = useZone()
  return (
    <time dateTime={at} title={exactly(at, zone)}>
      {children}
    </time>
  )
}
