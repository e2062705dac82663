import type { RunId } from '@errand/contracts'
import type { Seen } from '@errand/domain'
import type { ClaimedRun } from '@errand/engine'
import type { DoctorReport, ExamineTargets } from './doctor/examine.ts'

/**
 * Where the sandboxes of runs live: this machine, or a cluster. Every verb may be repeated, and may be the first that a
 * new process calls.
 */
export interface RunExecutor {
  readonly name: 'local' | 'kubernetes'
  look(runId: RunId): Promise<Seen>
  /** Does nothing when there is one. Null: another controller holds the run. Throws a `Fault` when it cannot. */
  start(claim: ClaimedRun): Promise<{ readonly limits: string } | null>
  /** Resolves when its last process is gone. */
  kill(runId: RunId): Promise<void>
  /** Takes away what a dead sandbox left behind. */
  remove(runId: RunId): Promise<void>
  /** Every sandbox of a run that is there, live or dead. */
  list(): Promise<readonly RunId[]>
  /** Deletes what interrupted starts and removals left, and mends what somebody else took away. */
  tidy(): Promise<void>
  /** The end of what launcher and runner printed, and whether it was the launcher that failed. Null: nothing. */
  lastWords(runId: RunId): Promise<{ readonly text: string; readonly isLauncher: boolean } | null>
  /** A wake-up when a sandbox's last process is gone, or something else about it changed. */
  onExit(listener: (runId: RunId) => void): { close(): void }
  /** Tries the wall from inside a sandbox. `keep` is told of a sandbox that belongs to no run. */
  examine(targets: ExamineTargets, keep: (runId: RunId) => () => void): Promise<DoctorReport>
  /** Of a cluster: requests to its API so far, by verb. */
  requests?(): Readonly<Record<string, number>>
}
