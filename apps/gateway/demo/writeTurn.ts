import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { DEMO_MODEL } from '@errand/domain'
import type { Turn } from './scripts.ts'

const USAGE = { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 }

/** One JSON message, for a request that did not ask for a stream. */
export function wholeMessage(turn: Turn): Record<string, unknown> {
  return { ...emptyMessage(), content: blocksOf(turn), stop_reason: stopReason(turn) }
}

export interface StreamOptions {
  readonly signal: AbortSignal
  /** Between two words, so that a person can read along. */
  readonly wordMs: number
}

/** Streams a turn as server-sent events, word by word. Resolves early when the caller goes away. */
export async function streamTurn(
  response: ServerResponse,
  turn: Turn,
  { signal, wordMs }: StreamOptions,
): Promise<void> {
  const send = (type: string, data: Record<string, unknown>) => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  send('message_start', { message: { ...emptyMessage(), content: [], stop_reason: null } })
  for (const [index, block] of blocksOf(turn).entries()) {
    const { start, deltas } = parts(block)
    send('content_block_start', { index, content_block: start })
    for (const delta of deltas) {
      send('content_block_delta', { index, delta })
      if (delta.type === 'text_delta' && !(await paused(wordMs, signal))) return
    }
    send('content_block_stop', { index })
  }
  send('message_delta', { delta: { stop_reason: stopReason(turn), stop_sequence: null }, usage: USAGE })
  send('message_stop', {})
  response.end()
}

type Block =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'tool_use'
      readonly id: string
      readonly name: string
      readonly input: Readonly<Record<string, string>>
    }

function parts(block: Block) {
  if (block.type === 'tool_use') {
    return {
      start: { ...block, input: {} },
      deltas: [{ type: 'input_json_delta', partial_json: JSON.stringify(block.input) }],
    }
  }
  const words = block.text.match(/\S+\s*/g) ?? []
  return { start: { type: 'text', text: '' }, deltas: words.map((text) => ({ type: 'text_delta', text })) }
}

function blocksOf({ say, use }: Turn): Block[] {
  const text: Block = { type: 'text', text: say }
  return use === undefined ? [text] : [text, { type: 'tool_use', id: `toolu_${unique()}`, ...use }]
}

function emptyMessage() {
  return {
    id: `msg_${unique()}`,
    type: 'message',
    role: 'assistant',
    model: DEMO_MODEL,
    stop_sequence: null,
    usage: USAGE,
  }
}

function stopReason({ use }: Turn): string {
  return use === undefined ? 'end_turn' : 'tool_use'
}

function unique(): string {
  return randomUUID().replaceAll('-', '').slice(0, 24)
}

async function paused(ms: number, signal: AbortSignal): Promise<boolean> {
  if (ms > 0) await wait(ms, undefined, { signal }).catch(() => undefined)
  return !signal.aborted
}
