import { type FaultWire, RUNNER_PATHS } from '@errand/contracts'
import { faultWords, type GatewayClient, GatewayUnreachable } from './client.ts'
import type { SendAnswer } from './outbox.ts'

/** Sends one batch and says what became of it. Never rejects. */
export async function postEvents(client: GatewayClient, batch: string): Promise<SendAnswer> {
  try {
    const answer = await client.ask({
      method: 'POST',
      path: RUNNER_PATHS.events,
      headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(batch)) },
      body: () => batch,
    })
    return sendAnswer(answer.status, answer.json, faultWords(answer))
  } catch (error) {
    if (error instanceof GatewayUnreachable) return { kind: 'unreachable' }
    throw error
  }
}

function sendAnswer(status: number, json: unknown, words: string): SendAnswer {
  if (status === 200) return { kind: 'ok' }
  if (status === 401) return { kind: 'over' }
  const { code, expected } = (json ?? {}) as Partial<FaultWire & { expected: unknown }>
  if (status === 409 && code === 'events.gap' && typeof expected === 'number') return { kind: 'gap', expected }
  if (status === 400 || status === 413 || status === 422) return { kind: 'refused', words }
  return { kind: 'unreachable' }
}
