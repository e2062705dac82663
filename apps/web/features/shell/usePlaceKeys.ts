'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { useToasts } from '../../ui/Toasts.tsx'
import { useKeys, useWayOutOfText } from './keys.ts'
import { KEYS_HEARD } from './keysHeard.ts'
import { PLACES } from './places.ts'

/** The keys that work on every page: to a place, to the palette, back. */
export function usePlaceKeys({ find, showKeys }: { find: () => void; showKeys: () => void }): void {
  const router = useRouter()
  const toasts = useToasts()
  const places = PLACES.map(({ key, href }) => [`g ${key}`, () => router.push(href)] as const)
  useWayOutOfText()
  useKeys({
    ...Object.fromEntries(places),
    'mod+k': find,
    '?': showKeys,
    c: () => router.push('/?new'),
    u: () => void toasts.undoLast(),
  })
  // The external system is the keyboard: what was pressed before there was anybody to hear it.
  useEffect(() => void window.dispatchEvent(new Event(KEYS_HEARD)), [])
}
