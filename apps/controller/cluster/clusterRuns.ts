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
import { type ClusterConfig, type KubeClient, type Pod, shapeKey } from '@errand/kube'
import type { DoctorReport, ExamineTargets } from '../doctor/examine.ts'
import type { RunExecutor } from '../executor.ts'
import { examineCluster } from './examineCluster.ts'
import { clusterFault } from './clusterFault.ts'
import type { ClusterView } from './clusterView.ts'
import { makeJob } from './makeJob.ts'
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
/** A runner exits at once after its last word; the cluster says so up to two seconds later, and the run's place is held so long. */
const EXIT_GRACE_MS = 200

/** Whose controller began it hears the same and is quicker, unless it is gone: then this is how long its news waits. */
const OTHERS_MS = 1_500
/** That it has come to a node is no reason to ask for the processors on which it is being started. */
const CALM_MS = 100

/** Runs in Jobs of a cluster. What is asked for is in the table of sandboxes; what is there, the watches say. */
export class ClusterRuns implements RunExecutor {
  readonly name = 'kubernetes'
  readonly #deps: ClusterDeps
  /** What was last seen of a sandbox, so that only news wake its run. */
  readonly #told = new Map<string, string>()
  /** What its row says of its pod, and whose it is: neither changes once it is there. */
  readonly #noted = new Map<string, string>()
  readonly #runs = new Map<string, RunId>()
  readonly #names = new Map<RunId, string>()
  /** What can wait is heard a while later, all at once: that of sandboxes which others have begun, and what leads to nothing. */
  readonly #later = new Map<string, NodeJS.Timeout>()

  /** By this controller, and not yet removed. */
  readonly #killed = new Set<string>()

  constructor(deps: ClusterDeps) {
    this.#deps = deps
  }

  async look(runId: RunId): Promise<Seen> {
    const { engine, view } = this.#deps
    const row = await readSandboxOfRun(runId, engine)
    if (row === undefined) return { kind: 'nothing' }
    this.#names.set(runId, row.id)
    if (row.failure !== null) return ended(row.failure.code, row.failure.detail)
    await view.synced
    if (this.#isImpostor(row))
      return ended('sandbox.impostor', `Its pod is ${row.podAddress}; the claim came from ${row.claimedFrom}.`)
    const trouble = view.trouble()
    const now = await seenOf(row, { isOurDoing: this.#killed.has(row.id) }, this.#deps)
    const seen = sinceTaken(now, row)
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
    const { engine, config, pool, ready } = this.#deps
    const shape = shapeOf(claim.agentSpec)
    const key = shapeKey(shape, config)
    const limits = `memory ${shape.memoryMib} MiB, ${shape.cpus} CPUs, disk ${shape.diskMib} MiB`
    const warm = pool.isOn ? await takeWarmSandbox({ claim, shape: key }, engine) : undefined
    pool.wanted({ orgId: claim.orgId, key, shape, isHit: warm !== undefined })
    if (warm !== undefined) {
      this.#isOf(claim.runId, warm)
      return { limits }
    }
    const row = await prepareSandbox({ claim, name: `errand-${claim.runId}`, shape: key }, engine)
    if (row === undefined) return null
    this.#isOf(claim.runId, row.id)
    // It had a pod already: what became of that is seen, and there is no second.
    if (row.uid !== null) return { limits }
    try {
      await ready()
      await makeJob({ name: row.id, orgId: claim.orgId, shape }, this.#deps)
    } catch (error) {
      throw clusterFault(error)
    }
    return { limits }
  }

  async kill(runId: RunId): Promise<void> {
    const name = await this.#nameOf(runId)
    if (name === undefined) return
    this.#killed.add(name)
    await this.#deps.destroy(name)
  }

  async remove(runId: RunId): Promise<void> {
    const { engine, view, destroy } = this.#deps
    const name = await this.#nameOf(runId)
    if (name === undefined) return
    // Killed just now, it is not asked for again.
    if (!this.#killed.has(name) || !view.isGone(name)) await destroy(name)
    await dropSandbox(name, engine)
    this.#names.delete(runId)
    for (const known of [this.#told, this.#noted, this.#runs, this.#killed]) known.delete(name)
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
    const told = (name: string, hearing: Promise<RunId | null>) =>
      hearing.then(
        (runId) => runId !== null && listener(runId),
        (error: unknown) => log.warn({ op: 'sandbox.hear', ok: false, name, error }, 'a change could not be told'),
      )
    const heard = view.onChange((name) => {
      // Its uid is the ticket that its pod waits for: that is noted at once, whoever began it.
      const noting = this.#notePod(name)
      const isOwn = view.isOwn(name)
      if (isOwn && isUrgent(view.seen(name))) return void told(name, this.#hear(name, noting))
      const doubted = noting.then((isDoubtful) => (isDoubtful ? this.#runOf(name, false) : null))
      void told(name, doubted)
      if (this.#later.has(name)) return
      const timer = setTimeout(
        () => {
          this.#later.delete(name)
          void told(name, this.#hear(name, Promise.resolve(false)))
        },
        isOwn ? CALM_MS : OTHERS_MS,
      )
      this.#later.set(name, timer.unref())
    })
    return {
      close: () => {
        heard.close()
        for (const timer of this.#later.values()) clearTimeout(timer)
      },
    }
  }

  requests(): Readonly<Record<string, number>> {
    return this.#deps.client.counts()
  }

  examine(targets: ExamineTargets): Promise<DoctorReport> {
    return examineCluster(targets, this.#deps)
  }

  /** The run is woken when something of its sandbox is news, or when it is doubtful who claimed for it. */
  async #hear(name: string, noting: Promise<boolean>): Promise<RunId | null> {
    const { view } = this.#deps
    const isGone = view.isGone(name)
    // Whoever ends it waits for that, and goes on by itself.
    const isOurDoing = this.#killed.has(name)
    const seen = view.seen(name)
    const news = newsOf(seen)
    const isNews = (this.#told.get(name) ?? NO_NEWS) !== news && (view.isOwn(name) || isUrgent(seen))
    if (isGone) this.#told.delete(name)
    else this.#told.set(name, news)
    const isDoubtful = await noting
    return (isNews || isDoubtful) && !isOurDoing ? await this.#runOf(name, isGone) : null
  }

  /** The pod's uid and address go into its row. Gives whether another than this pod has claimed for it. */
  async #notePod(name: string): Promise<boolean> {
    const pod = this.#deps.view.pod(name)
    if (pod === null || this.#killed.has(name)) return false
    const id = idOf(pod)
    const noted = `${id.uid} ${id.address ?? ''}`
    if (this.#noted.get(name) === noted) return false
    // What comes while it is written has it written already.
    this.#noted.set(name, noted)
    try {
      return (await noteSandboxPod({ name, ...id }, this.#deps.engine))?.isClaimedElsewhere === true
    } catch (error) {
      this.#noted.delete(name)
      throw error
    }
  }

  async #runOf(name: string, isGone: boolean): Promise<RunId | null> {
    const runId = this.#runs.get(name) ?? (await readSandbox(name, this.#deps.engine))?.runId ?? null
    if (runId !== null && !isGone) this.#runs.set(name, runId)
    if (isGone) for (const known of [this.#noted, this.#runs]) known.delete(name)
    return runId
  }

  #isOf(runId: RunId, name: string): void {
    this.#deps.view.own(name)
    this.#runs.set(name, runId)
    this.#names.set(runId, name)
  }

  async #nameOf(runId: RunId): Promise<string | undefined> {
    return this.#names.get(runId) ?? (await readSandboxOfRun(runId, this.#deps.engine))?.id
  }

  #isOld(name: string): boolean {
    const { view, engine } = this.#deps
    const made = (view.job(name) ?? view.pod(name))?.metadata?.creationTimestamp
    return made !== undefined && engine.now().getTime() - Date.parse(String(made)) > ORPHAN_MS
  }
}

/** What of a sandbox could lead to something: where it is placed is told with what comes next. */
function newsOf(seen: Seen): string {
  if (seen.kind !== 'running') return JSON.stringify(seen)
  const { waiting = null, placed } = seen
  return JSON.stringify([waiting, placed === undefined || placed.images === null ? null : placed])
}

/** What a sandbox has to say of itself besides can wait: somebody else's for the next look at its run. */
function isUrgent(seen: Seen): boolean {
  return seen.kind !== 'running' || seen.waiting !== undefined
}

const NO_NEWS = newsOf({ kind: 'running', since: new Date(0) })

function ended(code: NonNullable<SandboxView['failure']>['code'], detail: string): Seen {
  return { kind: 'exited', exitCode: null, isOutOfMemory: false, code, detail }
}

function idOf(pod: Pod | null): { uid: string; address: string | null } {
  return { uid: pod?.metadata?.uid ?? '', address: pod?.status?.podIP ?? null }
}
