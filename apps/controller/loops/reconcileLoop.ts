import type { RunId } from '@errand/contracts'
import { admitNext, type ClaimedRun, claimRuns, lookForWork, releaseRun } from '@errand/engine'
import { toFault } from '@errand/contracts'
import type { ControllerConfig, ControllerDeps } from '../deps.ts'
import { type Outcome, reconcile } from '../reconcile.ts'

const FIRST_RETRY_MS = 250
const LONGEST_RETRY_MS = 30_000
/** At least this often due runs are asked for, should every wake-up be lost. */
const LONGEST_WAIT_MS = 5_000
/** A run that is held and was woken meanwhile counts as due; its release wakes us. */
const SHORTEST_WAIT_MS = 50
/** Between the beginnings of two looks: wake-ups come in crowds, and one look serves them all. */
const LOOK_GAP_MS = 10

/** Counts for the log and for tests. */
export interface LoopCounts {
  reconciled: number
  fenced: number
  failed: number
}

/**
 * Takes due runs and reconciles them, several at a time. A wake-up carries nothing but "look"; what is due is read from
 * the database. A database that is away or an executor that fails is waited out: the loop never ends but by `close`.
 */
export class ReconcileLoop {
  readonly counts: LoopCounts = { reconciled: 0, fenced: 0, failed: 0 }
  readonly #config: ControllerConfig
  readonly #deps: ControllerDeps
  readonly #owner: string
  readonly #onOutcome: (runId: RunId, outcome: Outcome) => void
  readonly #stopping = new AbortController()
  readonly #underWay = new Set<Promise<void>>()
  readonly #failures = new Map<RunId, number>()
  #wake: () => void = () => undefined
  #isWoken = false
  #ended: Promise<void> = Promise.resolve()

  constructor(
    owner: string,
    config: ControllerConfig,
    deps: ControllerDeps,
    onOutcome: (runId: RunId, outcome: Outcome) => void,
  ) {
    this.#owner = owner
    this.#config = config
    this.#deps = deps
    this.#onOutcome = onOutcome
  }

  start(): void {
    this.#ended = this.#run()
  }

  /** Something may be due. */
  wake(): void {
    this.#isWoken = true
    this.#wake()
  }

  /** Takes nothing more; resolves when what is under way is done. */
  async close(): Promise<void> {
    this.#stopping.abort()
    this.#wake()
    await this.#ended
    await Promise.all(this.#underWay)
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#isWoken = false
      const lookedAt = performance.now()
      let waitMs: number
      try {
        waitMs = await this.#takeDue()
      } catch (error) {
        this.#deps.log.warn({ op: 'runs.claim', ok: false, error }, 'due runs cannot be read; trying again')
        waitMs = FIRST_RETRY_MS
      }
      if (!this.#isWoken && waitMs > 0) await this.#sleep(waitMs)
      // Rejects when we stop, which the loop's condition sees.
      const { signal } = this.#stopping
      const gapMs = lookedAt + LOOK_GAP_MS - performance.now()
      if (gapMs > 0) await this.#deps.delay(gapMs, { signal }).catch(() => undefined)
    }
  }

  /** Gives the time until the next look, should nothing wake us. */
  async #takeDue(): Promise<number> {
    const { engine } = this.#deps
    const limit = this.#config.concurrency - this.#underWay.size
    // A place that becomes free here wakes the loop.
    if (limit <= 0) return LONGEST_WAIT_MS
    const { hasRoom, nextWakeAt } = await lookForWork(engine)
    if (hasRoom) await admitNext(engine)
    const untilNextMs = nextWakeAt === null ? LONGEST_WAIT_MS : nextWakeAt.getTime() - engine.now().getTime()
    if (!hasRoom && untilNextMs > 0) return Math.min(LONGEST_WAIT_MS, untilNextMs)
    const claims = await claimRuns({ owner: this.#owner, leaseMs: this.#config.leaseMs, limit }, engine)
    for (const claim of claims) this.#begin(claim)
    if (claims.length === limit) return LONGEST_WAIT_MS
    return claims.length > 0 ? 0 : SHORTEST_WAIT_MS
  }

  #begin(claim: ClaimedRun): void {
    const work = this.#reconcile(claim).finally(() => {
      this.#underWay.delete(work)
      this.wake()
    })
    this.#underWay.add(work)
  }

  async #reconcile(claim: ClaimedRun): Promise<void> {
    const { runId } = claim
    try {
      const outcome = await reconcile(claim, this.#config, this.#deps)
      this.counts.reconciled++
      if (outcome === 'fenced') this.counts.fenced++
      this.#failures.delete(runId)
      this.#onOutcome(runId, outcome)
    } catch (error) {
      this.counts.failed++
      await this.#postpone(claim, error)
    }
  }

  /** A failing run is looked at again, ever more slowly, and keeps no other waiting. */
  async #postpone(claim: ClaimedRun, error: unknown): Promise<void> {
    const { log, engine } = this.#deps
    const failures = this.#failures.get(claim.runId) ?? 0
    this.#failures.set(claim.runId, failures + 1)
    const waitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures)
    const { code } = toFault(error)
    log.error(
      { op: 'run.reconcile', ok: false, runId: claim.runId, orgId: claim.orgId, code, waitMs, error },
      'a run could not be looked after',
    )
    try {
      await releaseRun({ claim, lookAgainAt: new Date(engine.now().getTime() + waitMs) }, engine)
    } catch (releaseError) {
      // Its lease ends by itself.
      log.warn(
        { op: 'run.release', ok: false, runId: claim.runId, error: releaseError },
        'a run could not be given back',
      )
    }
  }

  async #sleep(ms: number): Promise<void> {
    const timer = new AbortController()
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    // Aborted below, when the wake-up came first.
    const waited = this.#deps.delay(ms, { signal: timer.signal }).catch(() => undefined)
    if (!this.#isWoken && !this.#stopping.signal.aborted) await Promise.race([woken, waited])
    this.#wake = () => undefined
    timer.abort()
  }
}
