import { Fault } from '@errand/contracts'
import type { TrpcContext } from '@errand/surfaces'
import { createHash } from 'node:crypto'
import type { Attempts } from './attempts.ts'

export type Actor = Awaited<ReturnType<TrpcContext['authenticate']>>

/** Who a token belongs to; a `Fault` (`auth.…`) when nobody. */
export type Authenticate = (caller: { readonly token: string | null; readonly address: string }) => Promise<Actor>

interface AuthenticateDeps {
  /** Throws `auth.invalid`. */
  readonly findActor: (token: string) => Promise<Actor>
  readonly attempts: Attempts
}

const MAX_KNOWN = 1000

/**
 * Every call asks the store, so a revoked token is dead at once. After too many wrong tokens an address is refused
 * before the store is asked, except for a token that was right before: a neighbour's mistakes lock nobody out.
 */
export function authenticator({ findActor, attempts }: AuthenticateDeps): Authenticate {
  const known = new Set<string>()

  return async ({ token, address }) => {
    if (token === null) throw new Fault('auth.missing')
    const hash = createHash('sha256').update(token).digest('base64')
    if (!known.has(hash) && attempts.isOver(address)) throw new Fault('auth.throttled')
    try {
      const actor = await findActor(token)
      if (known.size >= MAX_KNOWN) known.clear()
      known.add(hash)
      return actor
    } catch (error) {
      if (error instanceof Fault && error.code === 'auth.invalid') {
        known.delete(hash)
        attempts.failed(address)
      }
      throw error
    }
  }
}

/** The token of an `Authorization` header; null when there is none of the right form. */
export function bearerToken(header: string | undefined): string | null {
  return /^Bearer +([\w.~+/=-]{1,512}) *$/i.exec(header ?? '')?.[1] ?? null
}
