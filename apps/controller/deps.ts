import type { EngineDeps } from '@errand/engine'
import type { Logger, Metrics } from '@errand/observe'
import type { RunExecutor } from './executor.ts'

export interface ControllerDeps {
  readonly engine: EngineDeps
  readonly executor: RunExecutor
  readonly log: Logger
  readonly metrics: Pick<Metrics, 'driftFound' | 'kubeRequests' | 'runs'>
  /** Waits; rejects when the signal is aborted. */
  readonly delay: (ms: number, options?: { readonly signal?: AbortSignal }) => Promise<void>
  /** Runs `act` once after `ms`; what it gives calls it off. Cheaper than a wait that is aborted. */
  readonly after: (ms: number, act: () => void) => () => void
}

export interface ControllerConfig {
  readonly leaseMs: number
  readonly resyncMs: number
  readonly retentionMs: number
  /** Runs that are looked after at the same moment. */
  readonly concurrency: number
}

export const CONTROLLER_DEFAULTS = {
  // Also how long a run waits for another when its controller dies: no longer than a person waits without asking why.
  leaseMs: 2_500,
  resyncMs: 10_000,
  retentionMs: 3_600_000,
  // Most of it is waiting: for the database, for a cluster that ends what was killed.
  concurrency: 64,
} as const
