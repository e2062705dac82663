import { setTimeout as delay } from 'node:timers/promises'
import type { EngineDeps } from '@errand/engine'
import { type ClusterConfig, createKubeClient, type KubeClient, type KubeSource } from '@errand/kube'
import type { Logger } from '@errand/observe'
import type { RunExecutor } from '../executor.ts'
import { podPlace } from '../mcp/pods/podPlace.ts'
import { type HearInstances, type HostedServers, lookAfterServers } from '../mcp/start.ts'
import { ClusterRuns } from './clusterRuns.ts'
import { ClusterView } from './clusterView.ts'
import { destroySandbox } from './destroySandbox.ts'
import { groundwork } from './groundwork.ts'
import { POOL_DEFAULTS, type PoolConfig, WarmPool } from './warmPool.ts'

export interface Cluster {
  readonly runs: RunExecutor
  /** Hosted MCP servers in pods. `holder`: as whom, among the controllers of one cluster. */
  startHosted(given: { readonly holder: string; readonly hear: HearInstances }): Promise<HostedServers>
  /** For counting what it costs. */
  readonly client: Pick<KubeClient, 'counts'>
  /** Ends every warm sandbox, where the whole of Errand is being stopped. */
  drain(): Promise<void>
  /** Ends watches and the filling of the pool. Sandboxes go on, and the next controller finds them. */
  close(): Promise<void>
}

/** Runs on a cluster: its watches, its warm pool, and the way in which runs get their Jobs. */
export function startCluster(
  { cluster, pool: poolConfig, source }: { cluster: ClusterConfig; pool: Partial<PoolConfig>; source: KubeSource },
  { engine, log }: { engine: EngineDeps; log: Logger },
): Cluster {
  const wait = (ms: number, options?: { readonly signal?: AbortSignal }) => delay(ms, undefined, options)
  const client = createKubeClient(source, { log, now: engine.now, delay: wait, random: Math.random })
  const config = cluster
  const view = new ClusterView({ client, namespace: config.namespace, now: engine.now })
  const ready = groundwork({ client, config, log })
  const destroy = (name: string) => destroySandbox(name, { client, view, config })
  const parts = { engine, client, view, config, log, ready, destroy }
  const pool = new WarmPool({ ...POOL_DEFAULTS, ...poolConfig }, { ...parts, delay: wait })
  const runs = new ClusterRuns({ ...parts, pool })
  pool.start()
  return {
    runs,
    client,
    startHosted: (given) =>
      lookAfterServers({ ...given, engine, log, place: (placeDeps) => podPlace({ ...parts, ...placeDeps }) }),
    drain: () => pool.drain(),
    async close() {
      await pool.close()
      view.close()
      await client.close()
    },
  }
}
