import { randomUUID } from 'node:crypto'
import { openRunFeed } from '@errand/engine'
import { inClusterSource, kubeconfigSource } from '@errand/kube'
import { createMetrics, runProcess } from '@errand/observe'
import { CHANNELS, openBlobStore, openStore } from '@errand/store'
import { startCluster } from './cluster/startCluster.ts'
import { readConfig } from './config.ts'
import type { HearInstances } from './mcp/start.ts'
import { startController } from './start.ts'

/** Sandboxes go on without a controller, so it may end quickly. */
const STOP_MS = 20_000

const SEALS_NOTHING = {
  keyId: '',
  publicKey: '',
  seal: () => Promise.reject(new Error('a controller seals nothing')),
}

const config = readConfig()

await runProcess({ name: 'controller', level: config.logLevel, stopMs: STOP_MS }, async ({ log, part }) => {
  const { cluster, warmPods, kubeconfig } = config
  const now = () => new Date()
  const { db, listener } = await openStore(
    { url: config.databaseUrl, name: 'errand-controller', waits: true },
    { part, log },
  )
  const feed = await part({
    name: 'feed',
    start: () => openRunFeed({ listener }),
    close: async (opened) => opened.close(),
  })
  const engine = {
    db,
    log,
    now,
    feed,
    sealer: SEALS_NOTHING,
    blobs: await openBlobStore(config.blobs),
    capabilities: () => ({ mayRunAnyAgent: true }),
    maxLiveRuns: config.maxLiveRuns,
  }
  const source = kubeconfig === null ? inClusterSource() : kubeconfigSource(kubeconfig)
  const opened = await part({
    name: 'cluster',
    start: () => Promise.resolve(startCluster({ cluster, pool: { size: warmPods }, source }, { engine, log })),
    close: (started) => started.close(),
  })
  await part({
    name: 'hosted MCP servers',
    start: () => {
      const hear: HearInstances = (hearer) => listener.hear(CHANNELS.instanceWake, hearer)
      return opened.startHosted({ holder: `controller-${randomUUID()}`, hear })
    },
    close: (hosted) => hosted.close(),
  })
  await part({
    name: 'controller',
    start: () => startController({}, { engine, executor: opened.runs, listener, log, metrics: createMetrics() }),
    close: (opened) => opened.close(),
  })
})
