import { availableParallelism, totalmem } from 'node:os'
import {
  type Cluster,
  type Doors,
  type HearInstances,
  localRuns,
  type RunExecutor,
  startCluster,
} from '@errand/controller-app'
import type { EngineDeps } from '@errand/engine'
import { inClusterSource, kubeconfigSource } from '@errand/kube'
import type { Logger, StartPart } from '@errand/observe'
import { type Capabilities, detectLimiter, localExecutor } from '@errand/sandbox'
import { CHANNELS } from '@errand/store'
import type { LocalConfig } from '../config.ts'
import type { DataFolder } from './dataFolder.ts'
import { type HostedGiven, openHosted, splitUids } from './hosted.ts'
import { defaultLiveRuns, seenMachine } from './machine.ts'

/** Where the sandboxes of runs live: on this machine, or on a cluster. */
export interface RunsPlace {
  /** Live runs at once unless the settings say otherwise. */
  readonly maxLiveRuns: number
  readonly runsOn: 'machine' | 'cluster'
  isIsolated(): boolean
  /** One sentence each. */
  words(): readonly string[]
  mayRunAnyAgent(): boolean
  /** `doors`: by which sandboxes of this machine reach the gateway. */
  open(engine: EngineDeps, doors: Doors): Promise<RunExecutor>
  /** Hosted MCP servers beside them, once it is open. */
  openHosted(given: HostedGiven): Promise<unknown>
}

interface Given {
  readonly part: StartPart
  readonly log: Logger
  readonly now: () => Date
}

export function runsPlace(config: LocalConfig, folder: DataFolder, given: Given): Promise<RunsPlace> {
  const { cluster } = config
  return cluster === null ? onThisMachine(config, folder, given) : Promise.resolve(onCluster(cluster, given))
}

async function onThisMachine(config: LocalConfig, folder: DataFolder, { part, log, now }: Given): Promise<RunsPlace> {
  const { claudePath, runnerPath, uids, mayRunUnisolated } = config
  const places = { folder: folder.sandboxes, nodePath: process.execPath }
  const isRoot = process.getuid?.() === 0
  const executor = await part({
    name: 'sandboxes',
    start: () =>
      Promise.resolve(
        localExecutor(
          { holds: 'run', ...places, claudePath, runnerPath, uids: splitUids(uids).runs },
          { log: log.child({ part: 'sandbox' }), now, limiter: detectLimiter(), isRoot },
        ),
      ),
    close: (opened) => opened.close(),
  })
  const machine = await seenMachine(executor)
  return {
    maxLiveRuns: defaultLiveRuns({ cores: availableParallelism(), memoryMib: totalmem() / 2 ** 20 }),
    runsOn: 'machine',
    isIsolated: () => machine().isolation !== 'none',
    words: () => machineWords(machine(), mayRunUnisolated),
    mayRunAnyAgent: () => machine().isolation !== 'none' || mayRunUnisolated,
    open: (engine, doors) =>
      Promise.resolve(localRuns({ engine, executor, doors, log: log.child({ part: 'controller' }), mayRunUnisolated })),
    openHosted: (hosted) => openHosted(config, folder, hosted),
  }
}

function onCluster(settings: NonNullable<LocalConfig['cluster']>, { part, log }: Given): RunsPlace {
  const { cluster, warmPods, kubeconfig } = settings
  const { namespace } = cluster
  let opened: Cluster | null = null
  return {
    maxLiveRuns: settings.maxLiveRuns,
    runsOn: 'cluster',
    isIsolated: () => true,
    words: () => [`Runs live in pods of the namespace ${namespace}; each proves its wall before anything starts.`],
    mayRunAnyAgent: () => true,
    async open(engine) {
      opened = await part({
        name: 'cluster',
        start: () => {
          const source = kubeconfig === null ? inClusterSource() : kubeconfigSource(kubeconfig)
          const pool = { size: warmPods }
          return Promise.resolve(
            startCluster({ cluster, pool, source }, { engine, log: log.child({ part: 'cluster' }) }),
          )
        },
        async close(started) {
          await started.drain()
          await started.close()
        },
      })
      return opened.runs
    },
    openHosted: ({ listener }) =>
      part({
        name: 'hosted MCP servers',
        async start() {
          if (opened === null) throw new Error('the cluster is not open yet')
          const hear: HearInstances = (hearer) => listener.hear(CHANNELS.instanceWake, hearer)
          return opened.startHosted({ holder: 'this machine', hear })
        },
        close: (hosted) => hosted.stopAll(),
      }),
  }
}

function machineWords(seen: Capabilities, mayRunUnisolated: boolean): readonly string[] {
  if (seen.isolation !== 'none') return [`Sandboxes are isolated by ${seen.isolation}; limits: ${seen.limitWords}.`]
  const consequence = mayRunUnisolated ? 'every agent runs without a wall, as you allowed' : 'only the demo agent runs'
  const remedy = seen.remedy === null ? [] : [`To mend it: ${seen.remedy}.`]
  return [`This machine cannot isolate sandboxes (${seen.why ?? 'unknown reason'}): ${consequence}.`, ...remedy]
}
