import type { Shutdown } from './shutdown.ts'

export interface Part<T> {
  readonly name: string
  readonly start: () => Promise<T>
  readonly close: (started: T) => Promise<void>
}

/** Starts one part after the other, each registered to be closed before it begins. */
export type StartPart = <T>(part: Part<T>) => Promise<T>

/**
 * A signal may come while a part is starting: its closing waits until it has started, and nothing is started after it
 * (the promise stays open; the shutdown ends the process).
 */
export function partStarter(shutdown: Pick<Shutdown, 'signal' | 'onClose'>): StartPart {
  return async ({ name, start, close }) => {
    const starting = start()
    shutdown.onClose(name, async () => {
      const started = await starting.then(
        (value) => ({ value }),
        () => null,
      )
      if (started !== null) await close(started.value)
    })
    const value = await starting
    return shutdown.signal.aborted ? new Promise<never>(() => {}) : value
  }
}
