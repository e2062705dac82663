import type { GrantId } from '@errand/engine'
import type { Secret } from '@errand/observe'
import type { Opened } from '../outbound/outbound.ts'

/** One server of whose sign-in a credential is the outcome, as the owner has set it up. */
export interface SignInTarget {
  readonly id: GrantId
  /** Names, for words. */
  readonly credential: string
  readonly server: string
  readonly url: string
  /** Its own host and port where it is marked as private. */
  readonly opened: Opened
  /** Instead of what the server asks for. */
  readonly scopes: string | null
  /** A client that the owner has registered by hand. */
  readonly clientId: string | null
  readonly clientSecret: Secret | null
  readonly authorizeParams: Readonly<Record<string, string>>
  readonly sendResource: boolean
  readonly assumeS256: boolean
  readonly useIdToken: boolean
}
