import type { RunId } from '@errand/contracts'
import type { Seen } from '@errand/domain'
import {
  type ClaimedRun,
  dropSandbox,
  type EngineDeps,
  listSandboxes,
  noteSandboxPod,
  prepareSandbox,
  readSandbox,
  readSandboxOfRun,
  type SandboxView,
  sweepSandboxes,
  takeWarmSandbox,
} from '@errand/engine'
import type { Logger } from '@errand/observe'
import { type ClusterConfig, type KubeClient, KubeError, type Pod, sandboxJob, shapeKey } from '@errand/kube'
import type { DoctorReport, ExamineTargets } from '../doctor/examine.ts'
import type { RunExecutor } from '../executor.ts'
import { examineCluster } from './examineCluster.ts'
import { clusterFault } from './clusterFault.ts'
import type { ClusterView } from './clusterView.ts'
import { seenOf } from './seenOf.ts'
import { shapeOf } from './shapeOf.ts'
import { sinceTaken } from './sinceTaken.ts'
import type { WarmPool } from './warmPool.ts'

export interface ClusterDeps {
  readonly engine: EngineDeps
  readonly client: KubeClient
  readonly view: ClusterView
  readonly config: ClusterConfig
  readonly pool: WarmPool
  readonly log: Logger
  readonly ready: () => Promise<void>
  readonly destroy: (name: string) => Promise<void>
}

/** A Job without a row was made by nobody that lives: its row is written before. */
const ORPHAN_MS = 30_000
/** Waits for persons do not count against a run's time, so the cluster's own limit is far beyond it. */
const DEADLINE_SECONDS = 14 * 24 * 3600

/** A runner exits at once after its last word; the cluster says so up to two seconds later, and the run's place is held so long. */
const EXIT_GRACE_MS = 200

/** Runs in Jobs of a cluster. What is asked for is in the table of sandboxes; what is there, the watches say. */
export class ClusterRuns implements RunExecutor {
  readonly name = 'kubernetes'
  readonly #deps: ClusterDeps
  /** What was last seen of a sandbox, so that only news wake its run. */
  readonly #told = new Map<string, string>()
  /** What its row says of its pod, and whose it is: neither changes once it is there. */
  readonly #noted = new Map<string, string>()
  readonly #runs = new Map<string, RunId>()

  /** By this controller, and not yet removed. */
  readonly #killed = new Set<string>()

  constructor(deps: ClusterDeps) {
    this.#deps = deps
  }

  async look(runId: RunId): Promise<Seen> {
    const { engine, view } = this.#deps
    const row = await readSandboxOfRun(runId, engine)
    if (row === undefined) return { kind: 'nothing' }
    if (row.failure !== null) return ended(row.failure.code, row.failure.detail)
    await view.synced
    if (this.#isImpostor(row))
      return ended('sandbox.impostor', `Its pod is ${row.podAddress}; the claim came from ${row.claimedFrom}.`)
    const trouble = view.trouble()
    const now = await seenOf(row, { isOurDoing: this.#killed.has(row.id) }, this.#deps)
    const seen = sinceTaken(now, row.takenAt)
    if (seen.kind !== 'running') return seen
    if (trouble === null || row.claimedAt !== null) return { ...seen, exitGraceMs: EXIT_GRACE_MS }
    return { ...seen, waiting: { code: 'cluster.unreachable', detail: trouble.error.message } }
  }

  /**
   * Whether another than the sandbox's own pod has claimed its token. A gateway outside of the cluster mostly sees the
   * node in place of the pod, for networks of pods hide behind it there: then the node is all that can be told.
   */
  #isImpostor({ id, claimedFrom, podAddress }: SandboxView): boolean {
    if (claimedFrom === null || podAddress === null || claimedFrom === podAddress) return false
    if (!('cidr' in this.#deps.config.gatewayPeer)) return true
    const node = this.#deps.view.pod(id)?.status?.hostIP
    return node !== undefined && node !== claimedFrom
  }

  async start(claim: ClaimedRun): Promise<{ limits: string } | null> {
    const { engine, config, pool, client, ready } = this.#deps
    const shape = shapeOf(claim.agentSpec)
    const key = shapeKey(shape, config)
    const limits = `memory ${shape.memoryMib} MiB, ${shape.cpus} CPUs, disk ${shape.diskMib} MiB`
    const warm = await takeWarmSandbox({ claim, shape: key }, engine)
    pool.wanted({ orgId: claim.orgId, key, shape, isHit: warm !== undefined })
    if (warm !== undefined) return { limits }
    const row = await prepareSandbox({ claim, name: `errand-${claim.runId}`, shape: key }, engine)
    if (row === undefined) return null
    try {
      await ready()
      const input = { name: row.id, orgId: claim.orgId, shape, deadlineSeconds: DEADLINE_SECONDS }
      await client.create('Job', sandboxJob(input, config))
    } catch (error) {
      if (!(error instanceof KubeError && error.reason === 'AlreadyExists')) throw clusterFault(error)
    }
    return { limits }
  }

  async kill(runId: RunId): Promise<void> {
    const row = await readSandboxOfRun(runId, this.#deps.engine)
    if (row === undefined) return
    this.#killed.add(row.id)
    await this.#deps.destroy(row.id)
  }

  async remove(runId: RunId): Promise<void> {
    const row = await readSandboxOfRun(runId, this.#deps.engine)
    if (row === undefined) return
    await this.#deps.destroy(row.id)
    await dropSandbox(row.id, this.#deps.engine)
    for (const known of [this.#told, this.#noted, this.#runs, this.#killed]) known.delete(row.id)
  }

  async list(): Promise<readonly RunId[]> {
    return (await listSandboxes(this.#deps.engine)).flatMap(({ runId }) => (runId === null ? [] : [runId]))
  }

  async tidy(): Promise<void> {
    const { engine, view, log, ready, destroy } = this.#deps
    await view.synced
    await ready()
    await sweepSandboxes(engine)
    const known = new Set((await listSandboxes(engine)).map(({ id }) => id))
    const orphans = view.names().filter((name) => !known.has(name) && this.#isOld(name))
    for (const name of orphans) {
      log.warn({ op: 'sandbox.sweep', name }, 'removing a Job that belongs to no sandbox')
      await destroy(name)
    }
  }

  async lastWords(runId: RunId): Promise<{ text: string; isLauncher: boolean } | null> {
    const row = await readSandboxOfRun(runId, this.#deps.engine)
    const pod = row === undefined ? null : this.#deps.view.pod(row.id)?.metadata?.name
    if (pod === null || pod === undefined) return null
    const { client, config } = this.#deps
    const text = (await client.logs(config.namespace, pod, { tailLines: 20 }))?.trim().slice(-500) ?? ''
    return text === '' ? null : { text, isLauncher: false }
  }

  onExit(listener: (runId: RunId) => void): { close(): void } {
    const { view, log } = this.#deps
    return view.onChange((name) => {
      this.#hear(name).then(
        (runId) => runId !== null && listener(runId),
        (error: unknown) => log.warn({ op: 'sandbox.hear', ok: false, name, error }, 'a change could not be told'),
      )
    })
  }

  requests(): Readonly<Record<string, number>> {
    return this.#deps.client.counts()
  }

  examine(targets: ExamineTargets): Promise<DoctorReport> {
    return examineCluster(targets, this.#deps)
  }

  /** The pod's uid and address go into its row; the run is woken when something of its sandbox is news. */
  async #hear(name: string): Promise<RunId | null> {
    const { view } = this.#deps
    const pod = view.pod(name)
    const seen = view.seen(name)
    const told = JSON.stringify([idOf(pod).uid, view.job(name) === null, { ...seen, since: null }])
    const isNews = this.#told.get(name) !== told
    const isGone = view.job(name) === null && pod === null
    if (isGone) this.#told.delete(name)
    else this.#told.set(name, told)
    if (pod !== null) await this.#note(name, idOf(pod))
    if (!isNews) return null
    if (seen.kind === 'running' && seen.waiting === undefined && pod === null) return null
    return await this.#runOf(name, isGone)
  }

  async #note(name: string, id: { uid: string; address: string | null }): Promise<void> {
    const noted = `${id.uid} ${id.address ?? ''}`
    if (this.#noted.get(name) === noted) return
    await noteSandboxPod({ name, ...id }, this.#deps.engine)
    this.#noted.set(name, noted)
  }

  async #runOf(name: string, isGone: boolean): Promise<RunId | null> {
    const runId = this.#runs.get(name) ?? (await readSandbox(name, this.#deps.engine))?.runId ?? null
    if (runId !== null && !isGone) this.#runs.set(name, runId)
    if (isGone) for (const known of [this.#noted, this.#runs]) known.delete(name)
    return runId
  }

  #isOld(name: string): boolean {
    const { view, engine } = this.#deps
    const made = (view.job(name) ?? view.pod(name))?.metadata?.creationTimestamp
    return made !== undefined && engine.now().getTime() - Date.parse(String(made)) > ORPHAN_MS
  }
}

function ended(code: NonNullable<SandboxView['failure']>['code'], detail: string): Seen {
  return { kind: 'exited', exitCode: null, isOutOfMemory: false, code, detail }
}

function idOf(pod: Pod | null): { uid: string; address: string | null } {
  return { uid: pod?.metadata?.uid ?? '', address: pod?.status?.podIP ?? null }
}
