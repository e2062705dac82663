import type { SystemEvent } from '@errand/contracts'
import type { RunState } from '@errand/domain'
import { appendHeld, type ClaimedRun, type HeldLog, releaseRun } from '@errand/engine'
import type { ControllerDeps } from './deps.ts'

type Deps = Pick<ControllerDeps, 'engine' | 'after'>

/** What follows within so long is written with it. */
const GATHER_MS = 20

/**
 * The log of a run while we hold it. What is recorded is written soon, together with what is recorded next, and with the
 * run's release: most looks at a run are one statement so.
 */
export class HeldRun {
  readonly #claim: ClaimedRun
  readonly #deps: Deps
  #known: HeldLog
  #waiting: SystemEvent[] = []
  #writing: Promise<unknown> = Promise.resolve()
  #isFenced = false
  #isEnding = false

  constructor(claim: ClaimedRun, deps: Deps) {
    this.#claim = claim
    this.#deps = deps
    this.#known = { state: claim.run.state, runnerSeq: claim.runnerSeq }
  }

  /** As far as we know: whatever else happens to it meanwhile makes it due again. */
  get state(): RunState {
    return this.#known.state
  }

  /** We have recorded its end. */
  get isEnding(): boolean {
    return this.#isEnding
  }

  record(event: SystemEvent): void {
    this.#waiting.push(event)
    this.#isEnding ||= event.type === 'run.ended'
  }

  /** Nobody waits for what is recorded longer than for a moment, however long `work` takes. Gives what it gives. */
  async during<T>(work: Promise<T>): Promise<T> {
    const callOff = this.#deps.after(GATHER_MS, () => {
      // What was not written then is written, or fails, with what comes next.
      this.write().catch(() => undefined)
    })
    try {
      return await work
    } finally {
      callOff()
    }
  }

  /** Everything that was recorded is in the log. `fenced`: another has the run, and nothing more is written. */
  write(): Promise<'ok' | 'fenced'> {
    return this.#inTurn((events) => (events.length === 0 ? Promise.resolve('ok') : this.#append(events, null)))
  }

  /** The same, and gives the run back. */
  release(lookAgainAt: Date | null): Promise<'ok' | 'fenced'> {
    return this.#inTurn((events) =>
      events.length === 0
        ? releaseRun({ claim: this.#claim, lookAgainAt }, this.#deps.engine)
        : this.#append(events, { lookAgainAt }),
    )
  }

  async #append(
    events: readonly SystemEvent[],
    release: { lookAgainAt: Date | null } | null,
  ): Promise<'ok' | 'fenced'> {
    const added = { claim: this.#claim, events, known: this.#known, release }
    const answer = await appendHeld(added, this.#deps.engine)
    if (answer.kind === 'ok') this.#known = answer
    return answer.kind
  }

  #inTurn(write: (events: readonly SystemEvent[]) => Promise<'ok' | 'fenced'>): Promise<'ok' | 'fenced'> {
    const before = this.#writing
    const turn = (async () => {
      // Its failure is told to who asked for it.
      await before.catch(() => undefined)
      if (this.#isFenced) return 'fenced' as const
      const events = this.#waiting
      this.#waiting = []
      try {
        const answer = await write(events)
        this.#isFenced = answer === 'fenced'
        return answer
      } catch (error) {
        this.#waiting = [...events, ...this.#waiting]
        throw error
      }
    })()
    this.#writing = turn
    return turn
  }
}
