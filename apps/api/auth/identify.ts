import { Fault } from '@errand/contracts'
import type { Actor, Authenticate } from '../authenticate.ts'
import { sessionToken } from './cookies.ts'
import { isFromOwnPage, type SeenHeaders } from './origin.ts'

interface Asking {
  /** An API token, however it came; null when none did. */
  readonly token: string | null
  readonly address: string
  readonly cookie: string | undefined
  readonly seen: SeenHeaders
  /** A GET that only reads may come from anywhere: no other site is shown the answer. */
  readonly isReading: boolean
}

/** Who asks: by an API token, else by a browser's session. Throws a `Fault` (`auth.…`). */
export type Identify = (asking: Asking) => Promise<Actor>

interface IdentifyDeps {
  readonly authenticate: Authenticate
  /** Fault `auth.session-ended`. */
  readonly authenticateSession: (token: string) => Promise<Actor>
  readonly publicUrl: string | null
}

/**
 * A browser sends its cookie with whatever a page asks for, so a cookie counts only when the page is ours. A token is
 * sent by who holds it, and needs no such proof.
 */
export function identifier({ authenticate, authenticateSession, publicUrl }: IdentifyDeps): Identify {
  return async ({ token, address, cookie, seen, isReading }) => {
    const session = token === null ? sessionToken(cookie) : null
    if (session === null) return authenticate({ token, address })
    if (!isReading && !isFromOwnPage(seen, publicUrl)) throw new Fault('auth.foreign-page')
    return authenticateSession(session)
  }
}
