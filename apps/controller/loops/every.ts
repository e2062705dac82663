import type { ControllerDeps } from '../deps.ts'

/** Does some work now and then again and again, with a pause in between; a failure is logged and tried at the next turn. */
export function every(
  { op, ms }: { op: string; ms: number },
  work: () => Promise<unknown>,
  { log, delay }: Pick<ControllerDeps, 'log' | 'delay'>,
): { close(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const ended = (async () => {
    while (!signal.aborted) {
      try {
        await work()
      } catch (error) {
        log.warn({ op, ok: false, error }, 'failed; the next turn tries again')
      }
      // Rejects when we stop, which the loop's condition sees.
      await delay(ms, { signal }).catch(() => undefined)
    }
  })()
  return {
    async close() {
      stopping.abort()
      await ended
    },
  }
}
