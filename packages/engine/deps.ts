import type { Readable } from 'node:stream'
import type { OrgId, UserId } from '@errand/contracts'
import type { Logger } from '@errand/observe'
import type { Database } from '@errand/store'
import type { RunFeed } from './run/feed.ts'

/** Who asks. Every use case that a person starts takes it first. */
export interface Actor {
  readonly orgId: OrgId
  readonly userId: UserId
  readonly name: string
}

/** What the machine can do, asked at start and after the owner changed something. */
export interface EngineCapabilities {
  /** False: a sandbox would not hold, so only agents on the demo credential may run. */
  readonly mayRunAnyAgent: boolean
}

interface SecretSealer {
  seal(plain: string, aad: string): Promise<string>
}

interface BlobStore {
  put(body: Readable, expected: { sha256: string; sizeBytes: number; maxBytes: number }): Promise<unknown>
  open(sha256: string, options?: { range?: { start: number; end: number } }): Promise<Readable>
  has(sha256: string): Promise<boolean>
  delete(sha256: string): Promise<unknown>
}

/** Built once where a process is put together; each use case names what it takes of it. */
export interface EngineDeps {
  readonly db: Database
  readonly log: Logger
  readonly now: () => Date
  /** Seals what only the gateway may open. */
  readonly sealer: SecretSealer
  readonly blobs: BlobStore
  readonly feed: RunFeed
  readonly capabilities: () => EngineCapabilities
  /** Live runs at once unless the settings say otherwise: by cores and memory of the machine. */
  readonly maxLiveRuns: number
}
