import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { Step } from './scenario.ts'

type Block =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown }

const CUT_AFTER_MS = 10
const NORMAL_USAGE = {
  input_tokens: 100,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 20,
  service_tier: 'standard',
}

/** The whole answer as one JSON message, as a request without `stream` gets it. */
export function wholeAnswer(step: Step, model: string) {
  const content = blocksOf(step)
  const usage = { ...NORMAL_USAGE, ...step.usage }
  const stop_reason = step.stopReason ?? (step.toolUse === undefined ? 'end_turn' : 'tool_use')
  return {
    id: uniqueId('msg_'),
    type: 'message',
    role: 'assistant',
    model: step.model ?? model,
    content,
    stop_reason,
    stop_sequence: null,
    usage,
  }
}

/** Streams the answer as server-sent events, with the step's pace and its breaks. Ends early when the caller goes away. */
export async function streamAnswer(response: ServerResponse, step: Step, model: string): Promise<void> {
  const { content, stop_reason, usage, ...message } = wholeAnswer(step, model)
  const send = async (type: string, data: object) => {
    if (response.destroyed) return
    const isFlowing = response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
    if (!isFlowing) await Promise.race([once(response, 'drain'), once(response, 'close')])
    if (step.chunkDelayMs !== undefined) await wait(step.chunkDelayMs)
  }
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    'request-id': uniqueId('req_'),
    ...step.headers,
  })
  await send('message_start', {
    message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
  })
  await send('ping', {})
  let sent = 0
  for (const [index, block] of content.entries()) {
    const { start, deltas } = partsOf(block, step.chunkChars ?? 24)
    await send('content_block_start', { index, content_block: start })
    for (const delta of deltas) {
      if (response.destroyed) return
      await send('content_block_delta', { index, delta })
      sent++
      if (step.breaks !== undefined && sent >= step.breaks.afterChunks) return breakOff(response, step.breaks.how, send)
    }
    await send('content_block_stop', { index })
  }
  await send('message_delta', {
    delta: { stop_reason, stop_sequence: null },
    usage: { output_tokens: usage.output_tokens },
  })
  await send('message_stop', {})
  response.end()
}

async function breakOff(
  response: ServerResponse,
  how: 'cut' | 'stall' | 'error-event',
  send: (type: string, data: object) => Promise<void>,
): Promise<void> {
  switch (how) {
    case 'cut':
      // Node writes at the end of a tick: cut at once, nothing of the answer would ever leave.
      await wait(CUT_AFTER_MS)
      response.destroy()
      return
    case 'stall':
      if (!response.destroyed) await once(response, 'close')
      return
    case 'error-event':
      await send('error', { error: { type: 'overloaded_error', message: 'Overloaded' } })
      response.end()
  }
}

function blocksOf({ thinking, text, repeat, toolUse = [] }: Step): Block[] {
  const said =
    repeat === undefined ? (text ?? '') : Array.from({ length: repeat }, (_, i) => `${text ?? ''} ${i} `).join('')
  return [
    ...(thinking === undefined ? [] : [{ type: 'thinking', thinking, signature: 'c2NyaXB0ZWQ=' } as const]),
    ...(said === '' ? [] : [{ type: 'text', text: said } as const]),
    ...toolUse.map(({ name, input }) => ({ type: 'tool_use', id: uniqueId('toolu_'), name, input }) as const),
  ]
}

function partsOf(block: Block, chars: number) {
  switch (block.type) {
    case 'text':
      return {
        start: { ...block, text: '' },
        deltas: pieces(block.text, chars).map((text) => ({ type: 'text_delta', text })),
      }
    case 'thinking':
      return {
        start: { ...block, thinking: '', signature: '' },
        deltas: [
          ...pieces(block.thinking, chars).map((thinking) => ({ type: 'thinking_delta', thinking })),
          { type: 'signature_delta', signature: block.signature },
        ],
      }
    case 'tool_use':
      return {
        start: { ...block, input: {} },
        deltas: pieces(JSON.stringify(block.input), chars).map((partial_json) => ({
          type: 'input_json_delta',
          partial_json,
        })),
      }
  }
}

function pieces(text: string, chars: number): string[] {
  return Array.from({ length: Math.ceil(text.length / chars) }, (_, i) => text.slice(i * chars, (i + 1) * chars))
}

export function uniqueId(prefix: string): string {
  return prefix + randomBytes(18).toString('hex').slice(0, 24)
}
