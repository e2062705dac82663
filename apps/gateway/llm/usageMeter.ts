import type { IncomingHttpHeaders } from 'node:http'
import { type CallUsage, NO_USAGE } from '@errand/domain'
import * as z from 'zod'
import { parseJson } from '../parseJson.ts'

const count = z.int().nonnegative().nullish()

/** As far as prices need it; a provider may leave out anything and add anything. */
const usageSchema = z.looseObject({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  cache_creation: z.looseObject({ ephemeral_1h_input_tokens: count }).nullish(),
  server_tool_use: z.looseObject({ web_search_requests: count }).nullish(),
  speed: z.string().nullish(),
  inference_geo: z.string().nullish(),
})
const startSchema = z.looseObject({
  type: z.literal('message_start'),
  message: z.looseObject({ model: z.string().optional(), usage: usageSchema }),
})
const deltaSchema = z.looseObject({ type: z.literal('message_delta'), usage: usageSchema })
const messageSchema = z.looseObject({ type: z.literal('message'), model: z.string().optional(), usage: usageSchema })

export interface Metered {
  /** As the provider names it; null when it did not say. */
  readonly model: string | null
  /** Null when the answer held no usage. */
  readonly usage: CallUsage | null
}

export interface UsageMeter {
  /** Looks at a piece of the answer; never holds it back, never changes it. */
  push(chunk: Uint8Array): void
  /** What is known so far; the same object as long as nothing changes. Output tokens are final only at the end. */
  peek(): Metered
  /** What is known at the end. */
  read(): Metered
}

const NOTHING: Metered = { model: null, usage: null }

/** No line that holds usage is as long as this. */
const MAX_LINE_CHARS = 1 << 20
const MAX_JSON_CHARS = 64 << 20

/** Reads the usage of a model call off the wire: server-sent events, or one JSON message. */
export function usageMeter(headers: IncomingHttpHeaders | Record<string, string | string[] | undefined>): UsageMeter {
  const type = String(headers['content-type'] ?? '')
  // An encoding we did not ask for hides the usage: the call then counts as "cost unknown".
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') return blindMeter()
  if (type.startsWith('text/event-stream')) return eventMeter()
  return type.startsWith('application/json') ? messageMeter() : blindMeter()
}

function blindMeter(): UsageMeter {
  return { push: () => undefined, peek: () => NOTHING, read: () => NOTHING }
}

function eventMeter(): UsageMeter {
  let line = ''
  let isSkipping = false
  let metered = NOTHING
  const take = (text: string) => {
    // Cheap test first: thousands of deltas of text pass for each line that matters.
    if (!text.startsWith('data:') || !(text.includes('"message_start"') || text.includes('"message_delta"'))) return
    metered = fold(metered, parseJson(text.slice('data:'.length)))
  }
  return {
    push(chunk) {
      // One character a byte: what matters is ASCII, and no character can be cut in two.
      const text = latin1(chunk)
      let from = 0
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
        if (!isSkipping) take(line + text.slice(from, end))
        line = ''
        isSkipping = false
        from = end + 1
      }
      if (!isSkipping) line += text.slice(from)
      if (line.length > MAX_LINE_CHARS) {
        line = ''
        isSkipping = true
      }
    },
    peek: () => metered,
    read: () => metered,
  }
}

function messageMeter(): UsageMeter {
  let parts: string[] = []
  let length = 0
  let metered = NOTHING
  return {
    push(chunk) {
      length += chunk.byteLength
      if (length <= MAX_JSON_CHARS) parts.push(latin1(chunk))
    },
    peek: () => metered,
    read() {
      if (parts.length > 0 && length <= MAX_JSON_CHARS) metered = fold(metered, parseJson(parts.join('')))
      parts = []
      return metered
    },
  }
}

function fold(before: Metered, value: unknown): Metered {
  const start = startSchema.safeParse(value)
  if (start.success)
    return { model: start.data.message.model ?? null, usage: merge(NO_USAGE, start.data.message.usage) }
  const delta = deltaSchema.safeParse(value)
  if (delta.success) return { ...before, usage: merge(before.usage ?? NO_USAGE, delta.data.usage) }
  const message = messageSchema.safeParse(value)
  if (message.success) return { model: message.data.model ?? null, usage: merge(NO_USAGE, message.data.usage) }
  return before
}

/** A delta's numbers are totals of the call so far; what it leaves out stays. */
function merge(before: CallUsage, wire: z.infer<typeof usageSchema>): CallUsage {
  const written = wire.cache_creation_input_tokens ?? before.cacheWrite5mTokens + before.cacheWrite1hTokens
  const writtenForHour = wire.cache_creation?.ephemeral_1h_input_tokens ?? before.cacheWrite1hTokens
  return {
    inputTokens: wire.input_tokens ?? before.inputTokens,
    outputTokens: wire.output_tokens ?? before.outputTokens,
    cacheReadTokens: wire.cache_read_input_tokens ?? before.cacheReadTokens,
    cacheWrite5mTokens: Math.max(0, written - writtenForHour),
    cacheWrite1hTokens: writtenForHour,
    webSearches: wire.server_tool_use?.web_search_requests ?? before.webSearches,
    speed: wire.speed ?? before.speed,
    region: wire.inference_geo ?? before.region,
  }
}

function latin1(chunk: Uint8Array): string {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
}
