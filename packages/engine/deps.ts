import type { OrgId, SessionId, UserId } from '@errand/contracts'
import type { Logger } from '@errand/observe'
import type { Blobs, Database } from '@errand/store'
import type { Sealer } from '@errand/vault'
import type { RunFeed } from './run/feed.ts'

/** Who asks. Every use case that a person starts takes it first. */
export interface Actor {
  readonly orgId: OrgId
  readonly userId: UserId
  readonly name: string
  /** They came with a browser's session; absent for an API token. */
  readonly session?: { readonly id: SessionId; readonly createdAt: Date }
}

/** What the machine can do, asked at start and after the owner changed something. */
export interface EngineCapabilities {
  /** False: a sandbox would not hold, so only the built-in demo on its own repository may run. */
  readonly mayRunAnyAgent: boolean
}

/** Built once where a process is put together; each use case names what it takes of it. */
export interface EngineDeps {
  readonly db: Database
  readonly log: Logger
  readonly now: () => Date
  /** Seals what only the gateway may open. */
  readonly sealer: Sealer
  readonly blobs: Blobs
  readonly feed: RunFeed
  readonly capabilities: () => EngineCapabilities
  /** Live runs at once unless the settings say otherwise: by cores and memory of the machine. */
  readonly maxLiveRuns: number
}
