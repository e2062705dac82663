import type { Clock } from '../clock.ts'
import type { Halt } from '../halt.ts'

const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Halts the run at its deadline, and when nothing has happened for too long. Both stand still while a person is asked. */
export class Watchdog {
  readonly #clock: Clock
  readonly #halt: Halt
  readonly #noProgressMs: number
  #deadlineAt: number
  #movedAt: number
  /** Since when it stands still. */
  #pausedAt: number | null = null
  #isOver = false
  #callOffs: (() => void)[] = []

  constructor(deps: { clock: Clock; halt: Halt }, limits: { deadlineAt: string; noProgressMs: number }) {
    this.#clock = deps.clock
    this.#halt = deps.halt
    this.#noProgressMs = limits.noProgressMs
    this.#deadlineAt = Date.parse(limits.deadlineAt)
    this.#movedAt = this.#clock.now()
    this.#start()
  }

  /** Something happened. Cheap enough for every chunk of output. */
  readonly moved = (): void => {
    this.#movedAt = this.#clock.now()
  }

  /** Whether a person is asked: their time is not the run's. */
  readonly pause = (isPaused: boolean): void => {
    if (this.#isOver || isPaused === (this.#pausedAt !== null)) return
    const now = this.#clock.now()
    this.#callOff()
    if (this.#pausedAt === null) {
      this.#pausedAt = now
      return
    }
    this.#deadlineAt += now - this.#pausedAt
    this.#pausedAt = null
    this.#movedAt = now
    this.#start()
  }

  stop(): void {
    this.#isOver = true
    this.#callOff()
  }

  #callOff(): void {
    for (const callOff of this.#callOffs.splice(0)) callOff()
  }

  #start(): void {
    const left = this.#deadlineAt - this.#clock.now()
    const halt = (): void => this.#halt.request('deadline')
    this.#callOffs[0] = this.#clock.after(Math.max(0, Math.min(left, LONGEST_TIMER_MS)), halt)
    this.#look()
  }

  #look(): void {
    const left = this.#movedAt + this.#noProgressMs - this.#clock.now()
    if (left <= 0) return this.#halt.request('no-progress')
    this.#callOffs[1] = this.#clock.after(left, () => this.#look())
  }
}
