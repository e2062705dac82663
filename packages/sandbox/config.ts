import type { Logger } from '@errand/observe'
import type { Limiter } from './cgroup/limiter.ts'

export interface SandboxConfig<K extends 'run' | 'instance' = 'run'> {
  /** Of which kind the ids are that its sandboxes bear. */
  readonly holds: K
  /** `<data>/sandboxes`; made when it is not there. */
  readonly folder: string
  readonly nodePath: string
  readonly claudePath: string
  /** The runner as one file. */
  readonly runnerPath: string
  /** As root each live sandbox gets a uid of its own from this range (inclusive). */
  readonly uids: { readonly first: number; readonly last: number }
}

export const DEFAULT_UIDS = { first: 200_000, last: 209_999 } as const

export interface SandboxDeps {
  readonly log: Logger
  readonly now: () => Date
  readonly limiter: Limiter
  /** Are we root? Then sandboxes run under uids of their own. */
  readonly isRoot: boolean
  /** Tries whether this machine can isolate: null when it can. By really doing it, unless given. */
  readonly tryIsolation?: () => Promise<IsolationFailure | null>
}

/** What happened, and what a person can do about it. */
export interface IsolationFailure {
  readonly why: string
  readonly remedy: string
}
