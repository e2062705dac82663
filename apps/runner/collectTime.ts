import type { Clock } from './clock.ts'
import type { Halt, HaltReason } from './halt.ts'

/** How long collecting may take. After a halt the executor waits only so long before it ends the sandbox. */
const HALTED_MS: Record<HaltReason, number> = {
  cancelled: 6_000,
  deadline: 70_000,
  'no-progress': 10 * 60_000,
  budget: 10 * 60_000,
  'gateway-lost': 0,
  over: 0,
}
const UNHURRIED_MS = 30 * 60_000

/** A signal that aborts when the time for collecting is up; a halt in the middle shortens it. */
export function collectTime({ halt, clock }: { halt: Halt; clock: Clock }): {
  readonly signal: AbortSignal
  close(): void
} {
  const controller = new AbortController()
  const callOffs: (() => void)[] = []
  const limit = (ms: number): void => void callOffs.push(clock.after(ms, () => controller.abort()))
  const hurry = (): void => limit(halt.reason === null ? UNHURRIED_MS : HALTED_MS[halt.reason])
  hurry()
  halt.signal.addEventListener('abort', hurry, { once: true })
  return {
    signal: controller.signal,
    close() {
      halt.signal.removeEventListener('abort', hurry)
      for (const callOff of callOffs) callOff()
    },
  }
}
