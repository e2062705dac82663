import type { IncomingMessage } from 'node:http'
import { eventBatchSchema, faultWire, type RunnerEvent } from '@errand/contracts'

/** One event as the gateway has it: `seq` is the runner's own number. */
export interface KeptEvent {
  readonly seq: number
  readonly at: string
  readonly body: RunnerEvent
}

/** Adds a batch as the wire says: what is known already is left out, what is missing is asked for. */
export async function addEvents(
  request: IncomingMessage,
  kept: KeptEvent[],
): Promise<{ status: number; body: unknown }> {
  const batch = eventBatchSchema.safeParse(await readJson(request))
  if (!batch.success) return { status: 400, body: faultWire('events.malformed', batch.error.issues[0]?.message ?? '') }
  const { first, events } = batch.data
  const expected = kept.length + 1
  if (first > expected) return { status: 409, body: { ...faultWire('events.gap'), expected } }
  const fresh = events.slice(expected - first)
  fresh.forEach(({ at, body }, index) => kept.push({ seq: expected + index, at, body }))
  return { status: 200, body: { accepted: fresh.length } }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    // Cut in the middle, or not JSON: refused as malformed.
    return null
  }
}
