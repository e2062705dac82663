import { Fault } from '@errand/contracts'
import { type Call, replyOf, responseOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { EventReply } from './eventReply.ts'
import { exchangeOf } from './exchange.ts'
import { filterTools } from './filterTools.ts'
import type { ToolOutcome } from './recordToolCall.ts'
import type { UpstreamAnswer } from './upstreamAnswer.ts'
import { dataOf, SseEvents, withData } from './sseEvents.ts'

interface Passing {
  readonly call: Call
  readonly answer: UpstreamAnswer
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** A whole answer up to this size is read first: one that breaks off becomes an error that the model can read. */
const HELD_BYTES = 256 * 1024
const MAX_LIST_BYTES = 16 * 1024 * 1024
/** Of the answer to one call: many times what a model can read. What a standing stream brings has no end. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024
const tooLong = (): Fault => new Fault('mcp.cut-off', 'Its answer is far too long.')

/** Streams an answer back, with the tools that the agent may not see taken out of lists. Fault `mcp.cut-off`. */
export async function passAnswer(passing: Passing, deps: GatewayDeps): Promise<ToolOutcome> {
  const { call, answer, signal } = passing
  const isEvents = String(answer.headers['content-type'] ?? '').startsWith('text/event-stream')
  try {
    return isEvents ? await passEvents(passing, deps) : await passWhole(passing, deps)
  } catch (error) {
    if (signal.aborted && signal.reason instanceof Fault) throw signal.reason
    if (error instanceof Fault || signal.aborted) throw error
    throw new Fault('mcp.cut-off', `${exchangeOf(call).server.name}.`, { cause: error })
  } finally {
    answer.body.destroy()
  }
}

function isListing(call: Call): boolean {
  return exchangeOf(call).message?.method === 'tools/list'
}

async function passEvents({ call, answer, headers }: Passing, deps: GatewayDeps): Promise<ToolOutcome> {
  const response = responseOf(call)
  const { 'content-type': _type, ...others } = headers
  const reply = exchangeOf(call).reply ?? new EventReply(response, others)
  const seen = new Sighting()
  // A stream that is taken up again may bring a list that was asked for before.
  const events = isListing(call) || call.method === 'GET' ? new SseEvents() : null
  for await (const chunk of answer.body) {
    seen.add(chunk)
    if (call.method === 'POST' && seen.bytes > MAX_ANSWER_BYTES) throw tooLong()
    if (events === null) {
      await reply.write(chunk)
      continue
    }
    for (const event of events.add(chunk)) {
      const data = dataOf(event)
      const filtered = await filterTools(data, call, deps)
      await reply.write(filtered === data ? event : withData(event, filtered))
    }
  }
  if (events !== null && events.rest !== '') await reply.write(events.rest)
  reply.end()
  return seen.outcome
}

async function passWhole({ call, answer, headers }: Passing, deps: GatewayDeps): Promise<ToolOutcome> {
  const { reply } = exchangeOf(call)
  const seen = new Sighting()
  const limit = isListing(call) || reply !== null ? MAX_LIST_BYTES : HELD_BYTES
  const held: Buffer[] = []
  let isStreaming = false
  for await (const chunk of answer.body) {
    seen.add(chunk)
    if (seen.bytes > MAX_ANSWER_BYTES) throw tooLong()
    if (!isStreaming) {
      held.push(chunk)
      if (seen.bytes <= limit) continue
      if (limit === MAX_LIST_BYTES) throw tooLong()
      isStreaming = true
      responseOf(call).writeHead(answer.statusCode, headers)
      for (const one of held.splice(0)) responseOf(call).write(one)
      continue
    }
    if (!responseOf(call).write(chunk)) await drained(call)
  }
  if (isStreaming) {
    responseOf(call).end()
    return seen.outcome
  }
  const [first] = held
  const body = first !== undefined && held.length === 1 ? first : Buffer.concat(held)
  if (exchangeOf(call).toolCall !== null && answer.statusCode === 200 && !endsWhole(body))
    throw new Fault('mcp.cut-off', `${exchangeOf(call).server.name}: its answer is not whole.`)
  if (reply !== null) {
    await reply.write(`event: message\ndata: ${oneLine(body)}\n\n`)
    reply.end()
    return seen.outcome
  }
  const text =
    isListing(call) && answer.statusCode === 200 ? await filterTools(body.toString('utf8'), call, deps) : body
  replyOf(call).whole({ status: answer.statusCode, headers, body: text })
  return seen.outcome
}

/** A server that promised fewer bytes than it has ends in the middle, and HTTP takes no notice. */
function endsWhole(body: Buffer): boolean {
  let last = body.length - 1
  while (last > 0 && (body[last] ?? 0) <= 32) last--
  return body[last] === 125
}

/** JSON holds its line ends escaped: those between its parts may go. */
function oneLine(body: Buffer): string {
  return body.toString('utf8').replaceAll(/[\r\n]+/g, ' ')
}

async function drained(call: Call): Promise<void> {
  const response = responseOf(call)
  await new Promise<void>((resolve) => {
    response.once('drain', resolve)
    response.once('close', resolve)
  })
}

/** What is known of a result without reading it: its size, and whether it says that it failed. */
class Sighting {
  bytes = 0
  #isError = false
  #tail = ''

  add(chunk: Buffer): void {
    this.bytes += chunk.length
    if (this.#isError) return
    const seam = this.#tail + chunk.toString('latin1', 0, 40)
    // Most have no such word, and searching bytes costs a hundredth of reading them.
    const text = chunk.includes('"isError"') ? this.#tail + chunk.toString('latin1') : seam
    // Inside of a text the quotes would be escaped.
    this.#isError = /(?<!\\)"isError"\s*:\s*true/.test(text)
    this.#tail = chunk.length < 40 ? seam.slice(-40) : chunk.toString('latin1', chunk.length - 40)
  }

  get outcome(): ToolOutcome {
    return { resultBytes: this.bytes, isError: this.#isError, code: null }
  }
}
