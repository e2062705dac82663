import type { TrpcContext } from '@errand/surfaces'
import type { AuthDeps } from './createAuth.ts'

export type Actor = Awaited<ReturnType<TrpcContext['authenticate']>>

interface Person {
  readonly orgId: Actor['orgId']
  readonly userId: Actor['userId']
}

interface WaysIn {
  readonly passkeys: number
  readonly hasPassword: boolean
}

/** What signing in needs of the engine; `start.ts` puts it together. */
export interface AuthPort extends AuthDeps {
  /** The one person of this Errand. */
  readonly owner: Person
  /** Fault `auth.link-dead`. */
  readonly readClaimLink: (token: string) => Promise<Person & WaysIn>
  readonly consumeClaimLink: (token: string) => Promise<Person>
  readonly readWaysIn: (person: Person) => Promise<WaysIn>
  /** Fault `auth.session-ended`. */
  readonly authenticateSession: (token: string) => Promise<Actor>
  readonly revokeOtherSessions: (person: Person, except: NonNullable<Actor['session']>['id'] | null) => Promise<unknown>
  /** Fault `auth.session-old`. */
  readonly requireFreshSession: (actor: Actor & Required<Pick<Actor, 'session'>>) => void
}
