import { eventBatchSchema, Fault, FAULTS, faultWire } from '@errand/contracts'
import { appendEvents } from '@errand/engine'
import { writeJson } from '../answer.ts'
import { type Call, reportOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { readBody } from '../readBody.ts'
import { parseJson } from '../parseJson.ts'
import { wordsOfIssue } from './wordsOfIssue.ts'

export const MAX_BATCH_BYTES = 8 << 20

/**
 * Appends a batch to the run's log. Sending a batch again is harmless: what is there already is skipped by its number.
 * 409 `events.gap` with `expected` when earlier events are missing, 400 `events.malformed` naming the field.
 */
export async function takeEvents(call: Call, deps: GatewayDeps): Promise<void> {
  const { orgId, runId, head } = reportOf(call)
  const parsed = eventBatchSchema.safeParse(parseJson((await readBody(call.body, MAX_BATCH_BYTES)).toString()))
  if (!parsed.success) throw new Fault('events.malformed', wordsOfIssue(parsed.error))
  const { first, events } = parsed.data
  call.fields['events'] = events.length
  // What its tools did comes before what the agent says of it, and before the end.
  await deps.mcp.records.flush(runId)
  const answer = await appendEvents({ orgId, runId, source: 'runner', first, events, head }, deps.engine)
  switch (answer.kind) {
    case 'ok':
      deps.metrics.eventsAppended('runner', events.length)
      return writeJson(call.reply, { status: 200, body: { accepted: answer.accepted } })
    case 'gap':
      call.fields['code'] = 'events.gap'
      return writeJson(call.reply, {
        status: FAULTS['events.gap'].http,
        body: { ...faultWire('events.gap', `Number ${answer.expected} is the next one.`), expected: answer.expected },
      })
    case 'fenced':
      throw new Fault('token.dead')
  }
}
