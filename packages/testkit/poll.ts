import { setTimeout as delay } from 'node:timers/promises'

export interface UntilOptions {
  /** How long the thing may take before the test fails. */
  readonly deadlineMs?: number
  readonly everyMs?: number
  /** What is waited for, in the words of the failure. */
  readonly what?: string
}

/** What a check gives while it is not there yet. */
type Absent = undefined | null | false

/**
 * Looks again and again until `check` gives something, and gives that. The only way of waiting in a test. A check that
 * throws is "not yet"; its last error is the cause of the failure when the deadline passes.
 */
export async function until<T>(
  check: () => T | Absent | Promise<T | Absent>,
  { deadlineMs = 30_000, everyMs = 20, what = 'the condition' }: UntilOptions = {},
): Promise<T> {
  const giveUpAt = performance.now() + deadlineMs
  for (;;) {
    let cause: unknown
    try {
      const found = await check()
      if (found !== undefined && found !== null && found !== false) return found
    } catch (error) {
      cause = error
    }
    if (performance.now() > giveUpAt) throw new Error(`${what} did not come about within ${deadlineMs} ms`, { cause })
    await delay(everyMs)
  }
}
