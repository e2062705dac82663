import type { RunId } from '@errand/contracts'
import { admitNext, type ClaimedRun, claimRuns, lookForWork, releaseRun } from '@errand/engine'
import { toFault } from '@errand/contracts'
import type { ControllerConfig, ControllerDeps } from '../deps.ts'
import { type Outcome, reconcile, type Reconciled } from '../reconcile.ts'
import { Alarm } from './alarm.ts'

const FIRST_RETRY_MS = 250
const LONGEST_RETRY_MS = 30_000
/** At least this often due runs are asked for, should every wake-up be lost: with a controller that dies, they are. */
const LONGEST_WAIT_MS = 2_500
/** Something was due, and is in other hands. */
const SHORTEST_WAIT_MS = 50
/** Between the beginnings of two looks: wake-ups come in crowds, and one look serves them all. */
const LOOK_GAP_MS = 10
/** Of two controllers that are woken, one is quicker. The other lets it, until there is something that it left. */
const SECOND_MS = 200

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
  readonly #alarm: Alarm
  readonly #stopping = new AbortController()
  readonly #underWay = new Set<Promise<void>>()
  readonly #failures = new Map<RunId, number>()
  #isSecond = false
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
    this.#alarm = new Alarm({ now: deps.engine.now, after: deps.after })
  }

  start(): void {
    this.#ended = this.#run()
  }

  /** Something may be due. */
  wake(): void {
    this.#alarm.ring()
  }

  /** Takes nothing more; resolves when what is under way is done. */
  async close(): Promise<void> {
    this.#stopping.abort()
    this.#alarm.ring()
    await this.#ended
    await Promise.all(this.#underWay)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      this.#alarm.reset()
      const lookedAt = performance.now()
      let waitMs: number
      try {
        waitMs = await this.#takeDue()
      } catch (error) {
        this.#deps.log.warn({ op: 'runs.claim', ok: false, error }, 'due runs cannot be read; trying again')
        waitMs = FIRST_RETRY_MS
      }
      await this.#alarm.wait(waitMs)
      const gapMs = this.#isSecond ? SECOND_MS : lookedAt + LOOK_GAP_MS - performance.now()
      if (gapMs > 0 && !signal.aborted) await new Promise<void>((resolve) => void this.#deps.after(gapMs, resolve))
    }
  }

  /** Gives the time until the next look, should nothing wake us. */
  async #takeDue(): Promise<number> {
    const { engine } = this.#deps
    const limit = this.#config.concurrency - this.#underWay.size
    // A place that becomes free here wakes the loop.
    if (limit <= 0) return LONGEST_WAIT_MS
    const { withRoom, nextWakeAt } = await lookForWork(engine)
    const isRoom = withRoom.length > 0
    if (isRoom) await admitNext(engine, withRoom)
    if (!isRoom && this.#untilMs(nextWakeAt) > 0) return this.#untilMs(nextWakeAt)
    const claims = await claimRuns({ owner: this.#owner, leaseMs: this.#config.leaseMs, limit }, engine)
    for (const claim of claims) this.#begin(claim, { isLast: claims.length === limit })
    const [first] = claims
    this.#isSecond = first === undefined
    if (first === undefined) return SHORTEST_WAIT_MS
    return claims.length === limit ? LONGEST_WAIT_MS : this.#untilMs(first.nextAt)
  }

  #untilMs(at: Date | null): number {
    const { now } = this.#deps.engine
    return at === null ? LONGEST_WAIT_MS : Math.min(LONGEST_WAIT_MS, at.getTime() - now().getTime())
  }

  /** `isLast`: there may be more that is due, for which there is no place here now. */
  #begin(claim: ClaimedRun, { isLast }: { readonly isLast: boolean }): void {
    const work = this.#reconcile(claim).then((done) => {
      this.#underWay.delete(work)
      // A place is free, among those that live or here; else the time of its next look is all that is new.
      if (isLast || done === null || done.isGone) this.wake()
      else if (done.lookAgainAt !== null) this.#alarm.expect(done.lookAgainAt)
    })
    this.#underWay.add(work)
  }

  /** Null: it failed, and is given back for later. */
  async #reconcile(claim: ClaimedRun): Promise<Reconciled | null> {
    const { runId } = claim
    try {
      const done = await reconcile(claim, this.#config, this.#deps)
      this.counts.reconciled++
      if (done.outcome === 'fenced') this.counts.fenced++
      this.#failures.delete(runId)
      this.#onOutcome(runId, done.outcome)
      return done
    } catch (error) {
      this.counts.failed++
      await this.#postpone(claim, error)
      return null
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
}
