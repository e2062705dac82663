import type { ControllerDeps } from '../deps.ts'

interface Deps extends Pick<ControllerDeps, 'after'> {
  readonly now: () => Date
}

/** What a loop sleeps by: until its time has come, something is expected sooner, or somebody rings. */
export class Alarm {
  readonly #deps: Deps
  #hasRung = false
  /** The soonest of what is to come: the look at that time learns of what comes after it. */
  #expectedAt = Number.POSITIVE_INFINITY
  #stir: () => void = () => undefined

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Before a look: what rang or was expected until now, it sees. */
  reset(): void {
    this.#hasRung = false
    if (this.#expectedAt <= this.#deps.now().getTime()) this.#expectedAt = Number.POSITIVE_INFINITY
  }

  ring(): void {
    this.#hasRung = true
    this.#stir()
  }

  expect(at: Date): void {
    if (at.getTime() >= this.#expectedAt) return
    this.#expectedAt = at.getTime()
    this.#stir()
  }

  async wait(ms: number): Promise<void> {
    const { now } = this.#deps
    const until = now().getTime() + ms
    for (;;) {
      const leftMs = Math.min(until, this.#expectedAt) - now().getTime()
      if (this.#hasRung || leftMs <= 0) return
      await this.#sleep(leftMs)
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.#deps.after(ms, () => this.#stir())
      this.#stir = () => {
        callOff()
        this.#stir = () => undefined
        resolve()
      }
    })
  }
}
