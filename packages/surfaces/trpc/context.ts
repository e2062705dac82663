import type { RequestId } from '@errand/contracts'
import type { Actor, EngineDeps } from '@errand/engine'
import type { Logger } from '@errand/observe'
import type { SystemPort } from './system.ts'

/** What every procedure gets. Made per HTTP request, and once per WebSocket. */
export interface TrpcContext {
  /** Asked by each call anew, so that a revoked token ends a connection that is open. Throws a `Fault` (`auth.…`). */
  readonly authenticate: () => Promise<Actor>
  /** The caller is a program on this machine. */
  readonly isLocal: boolean
  /** The address of Errand's page that asks, as its browser sees it; null: a program asks. */
  readonly pageOrigin: string | null
  readonly engine: EngineDeps
  readonly system: SystemPort
  readonly log: Logger
  /** In the log and in the answer to an unexpected error, so that one leads to the other. */
  readonly requestId: RequestId
  /** Resolves once the client has taken what was sent: a slow reader slows its own subscription, not our memory. */
  readonly whenWritable: () => Promise<void>
}
