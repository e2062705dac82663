import type { ControllerDeps } from '../deps.ts'

interface Deps {
  readonly now: () => Date
  readonly delay: ControllerDeps['delay']
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

  async #sleep(ms: number): Promise<void> {
    const timer = new AbortController()
    const stirred = new Promise<void>((resolve) => {
      this.#stir = resolve
    })
    // Aborted below, when something came first.
    await Promise.race([stirred, this.#deps.delay(ms, { signal: timer.signal }).catch(() => undefined)])
    this.#stir = () => undefined
    timer.abort()
  }
}
