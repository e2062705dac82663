import type { OrgId } from '@errand/contracts'
import type { RunRecorder } from '../runRecorder.ts'
import type { ConnectDeps } from './connect.ts'
import type { HeldHosts } from './heldHosts.ts'

/** What an organisation's owner has set for all of its runs. */
export interface OrgNetwork {
  /** Their own list and the git hosts in use. */
  readonly trustedHosts: readonly string[]
  /** `host:port` of machines on private networks. */
  readonly privateHosts: readonly string[]
}

export interface EgressDeps {
  readonly network: ConnectDeps
  readonly readOrgNetwork: (orgId: OrgId) => Promise<OrgNetwork>
  readonly recorder: RunRecorder
  readonly heldHosts: HeldHosts
  /** A tunnel through which nothing has gone for this long is closed. */
  readonly idleMs: number
}
