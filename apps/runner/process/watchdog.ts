import type { Clock } from '../clock.ts'
import type { Halt } from '../halt.ts'

/** Halts the run at its deadline, and when nothing has happened for too long. */
export class Watchdog {
  readonly #clock: Clock
  readonly #halt: Halt
  readonly #noProgressMs: number
  #movedAt: number
  #callOffs: (() => void)[] = []

  constructor(deps: { clock: Clock; halt: Halt }, limits: { deadlineAt: string; noProgressMs: number }) {
    this.#clock = deps.clock
    this.#halt = deps.halt
    this.#noProgressMs = limits.noProgressMs
    this.#movedAt = this.#clock.now()
    const left = Date.parse(limits.deadlineAt) - this.#clock.now()
    this.#callOffs.push(
      this.#clock.after(Math.max(0, Math.min(left, 2 ** 31 - 1)), () => this.#halt.request('deadline')),
    )
    this.#look()
  }

  /** Something happened. Cheap enough for every chunk of output. */
  readonly moved = (): void => {
    this.#movedAt = this.#clock.now()
  }

  stop(): void {
    for (const callOff of this.#callOffs.splice(0)) callOff()
  }

  #look(): void {
    const left = this.#movedAt + this.#noProgressMs - this.#clock.now()
    if (left <= 0) return this.#halt.request('no-progress')
    this.#callOffs[1] = this.#clock.after(left, () => this.#look())
  }
}
