'use client'

import { exactly, roughly } from '../../ui/format/time.ts'
import { useNow, useZone } from '../../ui/reader.tsx'

const MINUTE_MS = 60_000

/** How old it is, in one unit; the title holds the exact time. */
export function Age({ at }: { at: string }) {
  const zone = useZone()
  const isFresh = useNow(MINUTE_MS) - Date.parse(at) < MINUTE_MS
  return (
    <time dateTime={at} title={exactly(at, zone)}>
      {isFresh ? <Since at={at} everyMs={1_000} /> : <Since at={at} everyMs={MINUTE_MS} />}
    </time>
  )
}

function Since({ at, everyMs }: { at: string; everyMs: number }) {
  return roughly(useNow(everyMs) - Date.parse(at))
}
