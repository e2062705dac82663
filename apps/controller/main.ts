import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { lookForWork, type RunFeed } from '@errand/engine'
import { inClusterSource, kubeconfigSource } from '@errand/kube'
import { createMetrics, runProcess } from '@errand/observe'
import { CHANNELS, openBlobStore, openStore } from '@errand/store'
import { startCluster } from './cluster/startCluster.ts'
import { readConfig } from './config.ts'
import type { HearInstances } from './mcp/start.ts'
import { startController } from './start.ts'
import { takeTurns, type Work } from './turns.ts'

/** Sandboxes go on without a controller, so it may end quickly. */
const STOP_MS = 20_000

const SEALS_NOTHING = {
  keyId: '',
  publicKey: '',
  seal: () => Promise.reject(new Error('a controller seals nothing')),
}

/** Nothing of a controller waits for what others say in a log. */
const HEARS_NOTHING: RunFeed = {
  subscribe: () => () => undefined,
  subscribeAll: () => () => undefined,
  close: () => undefined,
}

const config = readConfig()

await runProcess({ name: 'controller', level: config.logLevel, stopMs: STOP_MS }, async ({ log, part }) => {
  const { cluster, warmPods, kubeconfig } = config
  const now = () => new Date()
  const { db, listener } = await openStore(
    { url: config.databaseUrl, name: 'errand-controller', waits: true },
    { part, log },
  )
  const engine = {
    db,
    log,
    now,
    feed: HEARS_NOTHING,
    sealer: SEALS_NOTHING,
    blobs: await openBlobStore(config.blobs),
    capabilities: () => ({ mayRunAnyAgent: true }),
    maxLiveRuns: config.maxLiveRuns,
  }
  const source = kubeconfig === null ? inClusterSource() : kubeconfigSource(kubeconfig)
  const begin = async (): Promise<Work> => {
    const parts = new AsyncDisposableStack()
    try {
      const pool = { size: warmPods }
      const opened = parts.adopt(startCluster({ cluster, pool, source }, { engine, log }), (it) => it.close())
      const hear: HearInstances = (hearer) => listener.hear(CHANNELS.instanceWake, hearer)
      const holder = `controller-${randomUUID()}`
      parts.adopt(await opened.startHosted({ holder, hear }), (it) => it.close())
      const given = { engine, executor: opened.runs, listener, log, metrics: createMetrics() }
      const controller = parts.adopt(await startController({}, given), (it) => it.close())
      return { taken: () => controller.counts.reconciled, close: () => parts.disposeAsync() }
    } catch (error) {
      await parts.disposeAsync()
      throw error
    }
  }
  const turns = {
    hold: () => listener.hold('controller'),
    lookForWork: () => lookForWork(engine),
    now,
    log,
    delay: (ms: number, wait?: { readonly signal?: AbortSignal }) => delay(ms, undefined, wait),
  }
  await part({
    name: 'turns',
    start: () => Promise.resolve(takeTurns(begin, turns)),
    close: (taken) => taken.close(),
  })
})
