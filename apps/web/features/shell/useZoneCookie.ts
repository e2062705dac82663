'use client'

import { useEffect } from 'react'

const YEAR_S = 31_536_000

/** Tells the server this reader's time zone, so that the next page is right from its first byte. */
export function useZoneCookie(): void {
  // The external system is the browser's cookie jar.
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    document.cookie = `errand-zone=${encodeURIComponent(zone)}; path=/; max-age=${YEAR_S}; samesite=lax`
  }, [])
}
