/** A sandbox's wait for its run. */
export interface SandboxWatch {
  /** Resolves when something may have changed since the last time, at the latest after `maxMs`. */
  next(maxMs: number, signal: AbortSignal): Promise<void>
  /** The same sandbox asks anew meanwhile: the older call has lost its line. */
  readonly isDisplaced: boolean
  close(): void
}

export interface SandboxWakes {
  watch(name: string): SandboxWatch
  /** Something changed for this one, or, without a name, maybe for any. */
  wake(name?: string): void
}

/** Who waits here for which sandbox: one call each, the newest. */
export function createSandboxWakes(): SandboxWakes {
  const watches = new Map<string, Watch>()
  return {
    watch(name) {
      watches.get(name)?.displace()
      const watch = new Watch(() => {
        if (watches.get(name) === watch) watches.delete(name)
      })
      watches.set(name, watch)
      return watch
    },
    wake(name) {
      if (name !== undefined) return watches.get(name)?.wake()
      for (const watch of watches.values()) watch.wake()
    },
  }
}

class Watch implements SandboxWatch {
  readonly close: () => void
  isDisplaced = false
  #isDue = false
  #rouse: () => void = () => undefined

  constructor(close: () => void) {
    this.close = close
  }

  wake(): void {
    this.#isDue = true
    this.#rouse()
  }

  displace(): void {
    this.isDisplaced = true
    this.wake()
  }

  async next(maxMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#isDue && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, maxMs))
        this.#rouse = () => {
          clearTimeout(timer)
          resolve()
        }
        signal.addEventListener('abort', this.#rouse, { once: true })
      })
      signal.removeEventListener('abort', this.#rouse)
      this.#rouse = () => undefined
    }
    this.#isDue = false
  }
}
