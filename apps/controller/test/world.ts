import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgentSpec, RunEvent, RunId, RunnerEvent } from '@errand/contracts'
import {
  type Actor,
  appendEvents,
  applyDocument,
  createRun,
  type EngineDeps,
  ensureOwner,
  openRunFeed,
  readEvents,
  readRun,
  type RunView,
} from '@errand/engine'
import { DEFAULT_UIDS, detectLimiter, type Executor, localExecutor } from '@errand/sandbox'
import { openBlobs, openListener } from '@errand/store'
import { quietLog, testDatabase, testFolder, until } from '@errand/testkit'
import { type Controller, type ControllerConfig, localRuns, startController } from '../start.ts'

/** One Errand without a gateway: a real database, real sandboxes, and runners that a test speaks for. */
export interface World {
  readonly engine: EngineDeps
  readonly owner: Actor
  readonly executor: Executor
  readonly drift: readonly string[]
  /** Where sandboxes see `/run/errand`. */
  readonly gatewayFolder: string
  readonly sandboxesFolder: string
  /** A controller on it; more than one may run. `executor`: another than the world's. */
  controller(
    options?: Partial<ControllerConfig> & { readonly mayRunUnisolated?: boolean },
    executor?: Executor,
  ): Promise<Controller>
  /** A new executor on the same folder, as another process would have. */
  newExecutor(paths?: { nodePath?: string }): Executor
  run(spec?: Partial<AgentSpec>): Promise<RunId>
  read(runId: RunId): Promise<RunView>
  events(runId: RunId): Promise<readonly RunEvent[]>
  types(runId: RunId): Promise<readonly string[]>
  /** Waits until the run's log has an event of this type. */
  happened(runId: RunId, type: string): Promise<RunEvent>
  /** The runner says this, as through the gateway. */
  runnerSays(runId: RunId, first: number, ...bodies: RunnerEvent[]): Promise<void>
  /** Lets every program that waits for its end exit. */
  letExit(): Promise<void>
  close(): Promise<void>
}

/** What runs as process 1: until told to end it lives and does nothing. */
export const WAITS = `
import fs from 'node:fs'
setInterval(() => { if (fs.existsSync('/run/errand/end')) process.exit(0) }, 5)
`

export async function makeWorld({ program = WAITS, maxLiveRuns = 8 } = {}): Promise<World> {
  const { db, url, close: closeDatabase } = await testDatabase()
  const folder = await testFolder('controller')
  const gatewayFolder = join(folder, 'gw')
  const sandboxesFolder = join(folder, 'sandboxes')
  const runnerPath = join(folder, 'runner.mjs')
  await mkdir(gatewayFolder)
  await writeFile(runnerPath, program)
  const log = quietLog()
  const listener = await openListener({ url, log })
  const engine: EngineDeps = {
    db,
    log,
    now: () => new Date(),
    sealer: { keyId: 'none', publicKey: '', seal: () => Promise.reject(new Error('nothing is sealed here')) },
    blobs: await openBlobs(join(folder, 'blobs')),
    feed: await openRunFeed({ listener }),
    capabilities: () => ({ mayRunAnyAgent: true }),
    maxLiveRuns,
  }
  const owner = await ensureOwner({ orgName: 'home' }, engine)
  const drift: string[] = []
  const executors: Executor[] = []
  const controllers: Controller[] = []
  const newExecutor = ({ nodePath = process.execPath } = {}) => {
    const paths = { folder: sandboxesFolder, nodePath, claudePath: '/bin/true', runnerPath }
    const isRoot = process.getuid?.() === 0
    const executor = localExecutor(
      { holds: 'run', ...paths, uids: DEFAULT_UIDS },
      { log, now: engine.now, limiter: detectLimiter(), isRoot },
    )
    executors.push(executor)
    return executor
  }
  const executor = newExecutor()
  // One folder for all, so that a test can speak to every program.
  const doors = {
    open: async () => gatewayFolder,
    make: async () => ({ folder: gatewayFolder, drop: async () => undefined }),
    close: async () => undefined,
    list: () => [],
  }
  let applied: Promise<unknown> = Promise.resolve()
  const events = (runId: RunId) => readEvents(owner, { runId, after: 0, limit: 500 }, engine)
  return {
    engine,
    owner,
    executor,
    drift,
    gatewayFolder,
    sandboxesFolder,
    newExecutor,
    events,
    async controller({ mayRunUnisolated = false, ...options } = {}, chosen = executor) {
      const runs = localRuns({ engine, executor: chosen, doors, log, mayRunUnisolated })
      const metrics = {
        driftFound: (kind: string) => void drift.push(kind),
        kubeRequests: () => undefined,
        runs: () => undefined,
      }
      const controller = await startController(options, { engine, executor: runs, listener, log, metrics })
      controllers.push(controller)
      return controller
    },
    async run(spec = {}) {
      const source = JSON.stringify({ kind: 'Agent', name: 'worker', spec: { runtime: 'script', ...spec } })
      // One after the other: of two that make one agent at the same moment, one is told to do it again.
      applied = applied.then(() => applyDocument(owner, { source }, engine))
      await applied
      return (await createRun(owner, { prompt: 'true', agent: 'worker', repositories: [] }, engine)).runId
    },
    read: (runId) => readRun(owner, runId, engine),
    types: async (runId) => (await events(runId)).map(({ body }) => body.type),
    happened: (runId, type) =>
      until(async () => (await events(runId)).find(({ body }) => body.type === type), { what: type, everyMs: 5 }),
    async runnerSays(runId, first, ...bodies) {
      const said = bodies.map((body) => ({ at: new Date().toISOString(), body }))
      await appendEvents({ orgId: owner.orgId, runId, source: 'runner', first, events: said }, engine)
    },
    letExit: () => writeFile(join(gatewayFolder, 'end'), ''),
    async close() {
      for (const controller of controllers) await controller.stopAllSandboxes()
      for (const one of executors) await one.close()
      engine.feed.close()
      await listener.close()
      await closeDatabase()
    },
  }
}

export const STARTED: RunnerEvent = { type: 'runner.started', version: 'test' }
export const FINISHED: RunnerEvent = {
  type: 'run.finished',
  status: 'succeeded',
  verdict: 'unverified',
  sentence: 'Done.',
}
