import { NO_USAGE } from '@errand/domain'
import { readSampleAnswers } from '@errand/testkit'
import { describe, expect, it } from 'vitest'
import { usageMeter } from './usageMeter.ts'

const SSE = { 'content-type': 'text/event-stream; charset=utf-8' }
const JSON_TYPE = { 'content-type': 'application/json' }
const event = (data: { type: string; [field: string]: unknown }) =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`

function meterOf(headers: Record<string, string>, wire: string, pieceBytes = Number.MAX_SAFE_INTEGER) {
  const meter = usageMeter(headers)
  const bytes = Buffer.from(wire)
  for (let from = 0; from < bytes.length; from += pieceBytes) meter.push(bytes.subarray(from, from + pieceBytes))
  return meter.read()
}

const start = event({
  type: 'message_start',
  message: {
    type: 'message',
    model: 'claude-opus-5-5',
    content: [],
    usage: {
      input_tokens: 12,
      cache_creation_input_tokens: 3000,
      cache_read_input_tokens: 40_000,
      cache_creation: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 2000 },
      output_tokens: 1,
      inference_geo: 'global',
    },
  },
})
const delta = event({
  type: 'message_delta',
  delta: { stop_reason: 'end_turn' },
  usage: { output_tokens: 512, input_tokens: null, server_tool_use: { web_search_requests: 2 } },
})
const whole = {
  model: 'claude-opus-5-5',
  usage: {
    inputTokens: 12,
    outputTokens: 512,
    cacheReadTokens: 40_000,
    cacheWrite5mTokens: 1000,
    cacheWrite1hTokens: 2000,
    webSearches: 2,
    speed: null,
    region: 'global',
  },
}

describe('metering a model call', () => {
  it('reads what Claude Code’s own recorded answers used', async () => {
    const answers = await readSampleAnswers('partial-messages')
    expect(answers).toHaveLength(3)
    for (const wire of answers) {
      expect(meterOf(SSE, wire)).toEqual({
        model: 'claude-opus-5-5',
        usage: { ...NO_USAGE, inputTokens: 100, outputTokens: 20 },
      })
    }
  })

  it('reads the same however the bytes are cut', () => {
    const text = event({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: 'überall 🎉' },
    })
    for (const pieceBytes of [1, 2, 3, 7, 64, 1000])
      expect(meterOf(SSE, start + text + delta, pieceBytes)).toEqual(whole)
  })

  it('knows the prompt’s cost as soon as the answer has begun', () => {
    expect(meterOf(SSE, start).usage).toEqual({ ...whole.usage, outputTokens: 1, webSearches: 0 })
  })

  it('is not deceived by an answer that talks about usage', () => {
    const text =
      '"message_delta" {"type":"message_delta","usage":{"output_tokens":1}}\ndata: {"type":"message_delta","usage":{"output_tokens":1}}'
    const lie = event({ type: 'content_block_delta', delta: { type: 'text_delta', text } })
    expect(meterOf(SSE, start + delta + lie)).toEqual(whole)
  })

  it('goes on after a line of many megabytes', () => {
    const long = `data: ${'x'.repeat(3 << 20)}\n\n`
    expect(meterOf(SSE, start + long + delta, 60_000)).toEqual(whole)
  })

  it('reads an answer that was not streamed', () => {
    const body = JSON.stringify({
      type: 'message',
      model: 'claude-sonnet-5-5',
      usage: { input_tokens: 7, output_tokens: 9 },
    })
    expect(meterOf(JSON_TYPE, body, 5)).toEqual({
      model: 'claude-sonnet-5-5',
      usage: { ...NO_USAGE, inputTokens: 7, outputTokens: 9 },
    })
  })

  const unknown: Record<string, [Record<string, string>, string]> = {
    'an answer without usage': [JSON_TYPE, '{"type":"message","model":"m"}'],
    'an answer that is no JSON': [JSON_TYPE, '<html>'],
    'a compressed answer that nobody asked for': [{ ...SSE, 'content-encoding': 'gzip' }, start + delta],
    'usage of another form': [SSE, event({ type: 'message_start', message: { usage: { input_tokens: 'many' } } })],
    'another kind of answer': [{ 'content-type': 'text/html' }, start],
  }
  for (const [title, [headers, wire]] of Object.entries(unknown)) {
    it(`knows nothing of ${title}`, () => expect(meterOf(headers, wire)).toEqual({ model: null, usage: null }))
  }
})
