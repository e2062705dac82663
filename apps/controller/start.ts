import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { sweepRetention, wakeRuns } from '@errand/engine'
import { CHANNELS, type Listener } from '@errand/store'
import { type ControllerConfig, CONTROLLER_DEFAULTS, type ControllerDeps } from './deps.ts'
import type { DoctorReport, ExamineTargets } from './doctor/examine.ts'
import { every } from './loops/every.ts'
import { type LoopCounts, ReconcileLoop } from './loops/reconcileLoop.ts'
import { Resync } from './loops/resync.ts'
import { stopAllSandboxes } from './stopAllSandboxes.ts'

export type { ControllerConfig, ControllerDeps } from './deps.ts'
export type { RunExecutor } from './executor.ts'
export { type Cluster, startCluster } from './cluster/startCluster.ts'
export { CLUSTER_SETTINGS, type ClusterSettings, readCluster } from './cluster/settings.ts'
export { type HearInstances, type HostedServers, startHostedServers } from './mcp/start.ts'
export { type Doors, localRuns } from './local/localRuns.ts'

export type { DoctorReport } from './doctor/examine.ts'

export interface Controller {
  readonly counts: LoopCounts
  /** Ends the loops. Sandboxes go on, and the next controller finds them. */
  close(): Promise<void>
  /** Tries the wall of a sandbox from inside. `targets`: what of this machine must be closed. */
  examine(targets: ExamineTargets): Promise<DoctorReport>
  /** Ends the loops, kills every sandbox, and says in each run's log that Errand was stopped. */
  stopAllSandboxes(): Promise<{ readonly stopped: number }>
}

/** Starts looking after runs: those that are live already, and every one that comes. */
export async function startController(
  options: Partial<ControllerConfig>,
  { listener, ...given }: Omit<ControllerDeps, 'delay' | 'after'> & { readonly listener: Listener },
): Promise<Controller> {
  const config: ControllerConfig = { ...CONTROLLER_DEFAULTS, ...options }
  const deps: ControllerDeps = { ...given, delay: (ms, wait) => delay(ms, undefined, wait), after }
  const resync = new Resync(deps)
  const loop = new ReconcileLoop(`controller-${randomUUID()}`, config, deps, (runId, outcome) =>
    resync.note(runId, outcome),
  )
  const { executor, metrics } = deps
  if (executor.requests !== undefined) metrics.kubeRequests(() => executor.requests?.() ?? {})
  const wake = () => loop.wake()
  const stopHearing = await listener.hear(CHANNELS.runWake, { onPayload: wake, onMissed: wake })
  const exits = deps.executor.onExit((runId) => {
    wakeRuns([runId], deps.engine, { by: 'itself' }).then(wake, (error: unknown) => {
      deps.log.warn(
        { op: 'run.wake', ok: false, runId, error },
        'the end of a sandbox could not be told; the resync will see it',
      )
    })
  })
  loop.start()
  const resyncLoop = every({ op: 'runs.resync', ms: config.resyncMs }, () => resync.pass(), deps)
  const retentionLoop = every(
    { op: 'retention.sweep', ms: config.retentionMs },
    () => sweepRetention(deps.engine),
    deps,
  )

  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= (async () => {
      exits.close()
      stopHearing()
      await Promise.all([resyncLoop.close(), retentionLoop.close(), loop.close()])
    })()
    return closed
  }
  return {
    counts: loop.counts,
    close,
    examine: (targets) => deps.executor.examine(targets, (runId) => resync.keep(runId)),
    async stopAllSandboxes() {
      await close()
      return stopAllSandboxes(deps)
    },
  }
}

function after(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms)
  return () => clearTimeout(timer)
}
