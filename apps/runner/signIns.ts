import { RUNNER_PATHS, type SignInsAnswer } from '@errand/contracts'
import { StepFailed } from './events/recorder.ts'
import type { Workshop } from './work.ts'

const LONG_POLL_TIMEOUT_MS = 40_000

/**
 * An agent whose server nobody is signed in with waits for a person before it begins. Resolves with whether it had to;
 * throws `StepFailed` when nobody comes.
 */
export async function waitForSignIns({ spec: { runtime }, client, halt }: Workshop): Promise<boolean> {
  if (runtime.kind !== 'claude-code' || (runtime.mcp ?? []).length === 0) return false
  let hasWaited = false
  for (;;) {
    const { signal } = halt
    const ask = { method: 'GET', path: RUNNER_PATHS.signIns, signal, timeoutMs: LONG_POLL_TIMEOUT_MS } as const
    const answer = await client.untilAnswered(ask)
    // A gateway of an older Errand knows nothing of it: then a call says what is missing.
    if (answer.status !== 200) return hasWaited
    const { state, detail } = answer.json as SignInsAnswer
    if (state === 'ready') return hasWaited
    if (state === 'refused') throw new StepFailed('mcp.not-signed-in', detail ?? '')
    hasWaited = true
    signal.throwIfAborted()
  }
}
