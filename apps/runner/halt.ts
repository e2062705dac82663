/**
 * Why the work has to stop before its end.
 * `over`: the gateway says that the run is over already, so nobody listens any more.
 * `gateway-lost`: no gateway for so long that going on would only spend.
 */
export type HaltReason = 'cancelled' | 'deadline' | 'no-progress' | 'budget' | 'gateway-lost' | 'over'

/** One switch for the whole runner. The first reason stands; what stops, stops for that reason. */
export class Halt {
  readonly #controller = new AbortController()
  #reason: HaltReason | null = null

  get reason(): HaltReason | null {
    return this.#reason
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  request(reason: HaltReason): void {
    if (this.#reason !== null) return
    this.#reason = reason
    this.#controller.abort()
  }
}
