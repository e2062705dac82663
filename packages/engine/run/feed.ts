import type { RunId } from '@errand/contracts'

/** Tells watchers in this process that a run's log has grown. One database connection serves them all. */
export interface RunFeed {
  /** `onGrown` may be called without a new event; a missed call is made good by the watcher's slow poll. */
  subscribe(runId: RunId, onGrown: () => void): () => void
  close(): Promise<void>
}
