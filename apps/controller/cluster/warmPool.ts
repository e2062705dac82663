import { randomBytes } from 'node:crypto'
import type { FaultCode, OrgId } from '@errand/contracts'
import {
  addToPool,
  dismissFromPool,
  dropSandbox,
  type EngineDeps,
  listPool,
  listShapes,
  type SandboxView,
  type WantedShape,
  wantShape,
  type WarmShape,
} from '@errand/engine'
import type { Logger } from '@errand/observe'
import { type ClusterConfig, type KubeClient, type SandboxShape, shapeKey } from '@errand/kube'
import { every } from '../loops/every.ts'
import type { ClusterView } from './clusterView.ts'
import { makeJob } from './makeJob.ts'
import { isOfUse } from './isOfUse.ts'

export interface PoolConfig {
  /** Warm sandboxes of each shape; 0: none. */
  readonly size: number
  /** A shape that no run wanted for so long is not kept warm any more. */
  readonly idleMs: number
  /** None waits longer than this: the image may have moved on. */
  readonly oldestMs: number
  /** How often it is looked whether one is missing. Of those that are missing, one is made at a time. */
  readonly everyMs: number
}

export const POOL_DEFAULTS = { size: 2, idleMs: 30 * 60_000, oldestMs: 6 * 3_600_000, everyMs: 500 } as const

export interface PoolDeps {
  readonly engine: EngineDeps
  readonly client: KubeClient
  readonly view: ClusterView
  readonly config: ClusterConfig
  readonly log: Logger
  readonly ready: () => Promise<void>
  readonly destroy: (name: string) => Promise<void>
  readonly delay: Parameters<typeof every>[2]['delay']
}

interface Wanted {
  readonly orgId: OrgId
  readonly key: string
  readonly shape: SandboxShape
  readonly isHit: boolean
}

const REST_MS = 60_000
const AFTER_A_START_MS = 1_000
/** Runs that ask one after the other are noted together. */
const NOTE_MS = 200
const CROWDED: readonly FaultCode[] = ['cluster.unschedulable', 'cluster.quota']
/** While runs are at work, of what the making of one took so many times are left to them before the next. */
const RESTS = 4
/** One that has not proven its wall by then never will. */
const UNPROVEN_MS = 120_000

/**
 * Keeps idle sandboxes that have proven their wall, of every shape that runs wanted lately. Each is used once. What is
 * missing is made one at a time, with rests while runs are at work, so that they are not slowed by it; after half an hour
 * without a run there is none left.
 */
export class WarmPool {
  readonly #config: PoolConfig
  readonly #deps: PoolDeps
  #loop: { close(): Promise<void> } | null = null
  #restUntil = 0
  #lastMade = { at: 0, tookMs: 0 }
  #wantedAt = Number.NEGATIVE_INFINITY
  #asked = new Map<string, WantedShape>()
  #noting: Promise<void> = Promise.resolve()

  constructor(config: PoolConfig, deps: PoolDeps) {
    this.#config = config
    this.#deps = deps
  }

  get isOn(): boolean {
    return this.#config.size > 0
  }

  start(): void {
    // Turned off it has only to end what it made before.
    const ms = this.#config.size === 0 ? REST_MS : this.#config.everyMs
    this.#loop = every({ op: 'pool.fill', ms }, () => this.pass(), this.#deps)
  }

  async close(): Promise<void> {
    await this.#loop?.close()
    await this.#noting
  }

  /** Ends the filling, and every sandbox that no run has. */
  async drain(): Promise<void> {
    await this.close()
    await this.#dismiss(await listPool(this.#deps.engine))
  }

  /** A run asked for a sandbox; not waited for, because the run is what matters. */
  wanted({ orgId, key, shape, isHit }: Wanted): void {
    if (!this.isOn) return
    this.#wantedAt = performance.now()
    const isFirst = this.#asked.size === 0
    const { hits, misses } = this.#asked.get(orgId + key) ?? { hits: 0, misses: 0 }
    const counts = isHit ? { hits: hits + 1, misses } : { hits, misses: misses + 1 }
    this.#asked.set(orgId + key, { orgId, shape: key, spec: shape, ...counts })
    if (isFirst) this.#noting = this.#note()
  }

  async #note(): Promise<void> {
    const { engine, log, delay } = this.#deps
    try {
      await delay(NOTE_MS)
      const asked = [...this.#asked.values()]
      this.#asked = new Map()
      for (const one of asked) await wantShape(one, engine)
    } catch (error) {
      log.warn({ op: 'pool.wanted', ok: false, error }, 'a wanted shape could not be noted; it stays cold')
    }
  }

  async pass(): Promise<void> {
    const { engine, view } = this.#deps
    await view.synced
    const now = engine.now().getTime()
    const { size, idleMs } = this.#config
    const isWanted = ({ wantedAt }: WarmShape) => size > 0 && now - wantedAt.getTime() < idleMs
    const shapes = (await listShapes(engine)).filter(isWanted)
    const warm = await listPool(engine)
    const use = { wanted: shapes, isCurrent: (one: Pick<WarmShape, 'spec' | 'shape'>) => this.#isCurrent(one), now }
    const isKept = (row: SandboxView) => isOfUse(row, use) && this.#isFit(row, now)
    await this.#dismiss(warm.filter((row) => !isKept(row)))
    const kept = warm.filter(isKept)
    await this.#dismiss(this.#giveWay(kept))
    if (performance.now() < this.#restUntil) return
    // Runs that start just now have the node to themselves.
    if (performance.now() - this.#wantedAt < AFTER_A_START_MS) return
    if (shapes.some(({ wantedAt }) => now - wantedAt.getTime() < AFTER_A_START_MS)) return
    if (kept.some(({ provenAt }) => provenAt === null)) return
    const isBusy = view.names().length > kept.length
    if (isBusy && now < this.#restedAt(kept)) return
    const short = shapes.find((one) => this.#isCurrent(one) && countOf(one, kept) < this.#config.size)
    if (short !== undefined) await this.#add(short)
  }

  /** When the node has rested from the last that was made. */
  #restedAt(kept: readonly SandboxView[]): number {
    for (const { createdAt, provenAt } of kept) {
      const [began, ended] = [createdAt.getTime(), provenAt?.getTime() ?? 0]
      if (ended > this.#lastMade.at) this.#lastMade = { at: ended, tookMs: ended - began }
    }
    return this.#lastMade.at + RESTS * this.#lastMade.tookMs
  }

  /**
   * What waits for nobody yet gives way: all of it where a run finds no room or no quota, itself where it finds none.
   * Then nothing is added for a while.
   */
  #giveWay(kept: readonly SandboxView[]): readonly SandboxView[] {
    const warm = new Set(kept.map(({ id }) => id))
    const waiting = this.#deps.view.names().filter((name) => this.#isWaitingForRoom(name))
    if (waiting.length > 0) this.#restUntil = performance.now() + REST_MS
    if (waiting.some((name) => !warm.has(name))) return kept
    return kept.filter(({ id }) => waiting.includes(id))
  }

  #isWaitingForRoom(name: string): boolean {
    const seen = this.#deps.view.seen(name)
    return seen.kind === 'running' && seen.waiting !== undefined && CROWDED.includes(seen.waiting.code)
  }

  /** A new version of Errand, or another configuration, makes other pods: the old ones are of no use. */
  #isCurrent({ spec, shape }: Pick<WarmShape, 'spec' | 'shape'>): boolean {
    return shapeKey(spec, this.#deps.config) === shape
  }

  #isFit({ id, failure, createdAt, provenAt, dismissedAt }: SandboxView, now: number): boolean {
    const age = now - createdAt.getTime()
    if (failure !== null || dismissedAt !== null || age > this.#config.oldestMs) return false
    if (provenAt === null) return age < UNPROVEN_MS
    const seen = this.#deps.view.seen(id)
    return seen.kind === 'running'
  }

  async #add({ orgId, shape, spec }: WarmShape): Promise<void> {
    const { engine, ready } = this.#deps
    const name = `errand-warm-${randomBytes(6).toString('hex')}`
    await ready()
    if (!(await addToPool({ name, orgId, shape, most: this.#config.size }, engine))) return
    await makeJob({ name, orgId, shape: spec }, this.#deps)
  }

  /** Told first, so that no run takes one that is about to go. */
  async #dismiss(rows: readonly SandboxView[]): Promise<void> {
    const { engine, destroy } = this.#deps
    const told = await dismissFromPool(
      rows.filter(({ dismissedAt }) => dismissedAt === null).map(({ id }) => id),
      engine,
    )
    const left = rows.filter(({ dismissedAt }) => dismissedAt !== null).map(({ id }) => id)
    for (const name of [...told, ...left]) {
      await destroy(name)
      await dropSandbox(name, engine)
    }
  }
}

function countOf({ orgId, shape }: WarmShape, rows: readonly SandboxView[]): number {
  return rows.filter((row) => row.orgId === orgId && row.shape === shape).length
}
