'use client'

import { useSyncExternalStore } from 'react'
import { canUsePasskeys } from './door.ts'

/** What this page may do with passkeys; null on the server, which cannot know. */
export function usePasskeys(): ReturnType<typeof canUsePasskeys> | null {
  return useSyncExternalStore(
    () => () => undefined,
    canUsePasskeys,
    () => null,
  )
}

/** Why there is no passkey button, with the way to one where there is one. */
export function PasskeyNote({ can }: { can: ReturnType<typeof usePasskeys> }) {
  if (can !== 'by-name') return null
  const { hostname, port, pathname, hash } = window.location
  if (!hostname.startsWith('127.')) return <p className="small two">A passkey needs an address with a name, and TLS.</p>
  return (
    <p className="small two">
      A passkey belongs to a name, not to a number.{' '}
      <a href={`http://localhost:${port}${pathname}${hash}`}>Open this page as localhost</a> to use one.
    </p>
  )
}
