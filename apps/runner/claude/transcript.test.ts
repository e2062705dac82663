import { describe, expect, test } from 'vitest'
import { type RunnerEvent, runnerEventSchema } from '@errand/contracts'
import { readClaudeSample } from '@errand/testkit'
import { parseLine } from './json.ts'
import { Transcript } from './transcript.ts'

/** What a recording becomes. Running text is put together as the recorder would. */
async function play(name: string): Promise<{ events: RunnerEvent[]; transcript: Transcript }> {
  const events: RunnerEvent[] = []
  let time = 0
  const transcript = new Transcript({
    workspace: '/workspace',
    now: () => time++,
    sink: {
      emit: (event) => events.push(event),
      append(stream, text) {
        const last = events.at(-1)
        const isSame = last !== undefined && last.type === stream.type && 'parentId' in last === 'parentId' in stream
        if (isSame && 'text' in last) events[events.length - 1] = { ...last, text: last.text + text }
        else events.push({ ...stream, text } as RunnerEvent)
      },
    },
  })
  for (const text of await readClaudeSample(name)) {
    const line = parseLine(text)
    if (line !== null) transcript.take(line)
  }
  return { events, transcript }
}

const short = (events: readonly RunnerEvent[]): string[] =>
  events.flatMap((body) => {
    if (body.type === 'text.appended') return [`says ${body.text}`]
    if (body.type === 'thought.appended') return [`thinks ${body.text}`]
    if (body.type === 'tool.started') return [`${body.tool} ${body.target}`]
    if (body.type === 'tool.finished') return [`${body.ok ? 'ok' : 'failed'} +${body.added ?? 0} -${body.removed ?? 0}`]
    if (body.type === 'model.retried')
      return [`retry ${body.attempt}/${body.max} ${body.status ?? 'none'} ${body.words}`]
    return body.type === 'note.raised' ? [`note ${body.words}`] : []
  })

const cases = {
  text: ['says Hello from the stub.'],
  'partial-messages': [
    'says I will run a command.',
    'Bash echo hi-from-bash; pwd; id -u',
    'ok +0 -0',
    'Write made-by-write.txt',
    'ok +2 -0',
    'says All done.',
  ],
  'v2.1.330-partial-messages': [
    'says I will run a command.',
    'Bash echo hi-from-bash; pwd; id -u',
    'ok +0 -0',
    'Write made-by-write.txt',
    'ok +2 -0',
    'says All done.',
  ],
  'write-edit-read': [
    'Write note.txt',
    'ok +2 -0',
    'Edit note.txt',
    'ok +1 -1',
    'Read note.txt',
    'ok +0 -0',
    'says Wrote and edited note.txt.',
  ],
  'parallel-tools-one-fails': [
    'says Two at once.',
    'Bash echo one',
    'Bash echo two; exit 3',
    'ok +0 -0',
    'failed +0 -0',
    'says Both ran.',
  ],
  thinking: ['thinks The user wants a greeting. I will answer shortly.', 'says Answer after thinking.'],
  'api-529-recovers': ['retry 1/10 529 overloaded', 'retry 2/10 529 overloaded', 'says Recovered after 529.'],
  'api-402': [],
  'rate-limit-event': ['says ok', "note The model provider's rate limit is near (95 % used)."],
}

describe('recordings of the real CLI', () => {
  test.each(Object.entries(cases))('%s', async (name, rows) => {
    expect(short((await play(name)).events)).toEqual(rows)
  })

  test.each([
    ...Object.keys(cases),
    'subagent-foreground',
    'background-bash-two-results',
    'stop-refusal',
    'sigint-in-bash',
    'json-schema-ok',
  ])('%s becomes events that the gateway takes', async (name) => {
    for (const event of (await play(name)).events) expect(runnerEventSchema.safeParse(event).error).toBeUndefined()
  })
})

test('what a sub-agent says and does stands below the call that started it', async () => {
  const { events } = await play('subagent-background-two-results')
  const call = events.find((body) => body.type === 'tool.started')
  const words = events.find((body) => body.type === 'text.appended' && body.text === 'Hello from the stub.')
  expect(call).toMatchObject({ tool: 'Agent', target: 'Say hi' })
  expect(words).toMatchObject({ parentId: call?.id })
})

test('with several results the last one counts, and background work is known until it ends', async () => {
  const { transcript } = await play('background-bash-two-results')
  expect(transcript.result).toMatchObject({ result_index: 1 })
  expect(transcript.backgroundTasks).toBe(0)
})

test('the agent is started once, however often the CLI says so', async () => {
  const { events } = await play('background-bash-two-results')
  expect(events.filter(({ type }) => type === 'agent.started')).toMatchObject([
    { model: 'claude-opus-5-5', version: '2.1.328' },
  ])
})

test('a tool that never answered because the agent was stopped is closed', async () => {
  const { events, transcript } = await play('sigterm-while-streaming')
  transcript.take({
    type: 'assistant',
    message: { id: 'm', content: [{ type: 'tool_use', id: 't', name: 'Bash', input: { command: 'sleep' } }] },
  })
  transcript.closeTools()
  expect(short(events).slice(-2)).toEqual(['Bash sleep', 'failed +0 -0'])
})

test('types that nobody knows yet, and lines that are no events, change nothing', async () => {
  const { events, transcript } = await play('text')
  const before = events.length
  for (const line of [
    { type: 'brand_new', x: 1 },
    { type: 'system', subtype: 'brand_new' },
    { type: 'assistant' },
    { type: 'user', message: { content: 'text' } },
    {},
  ])
    transcript.take(line)
  expect(events.length).toBe(before)
  expect(parseLine('warning: not json')).toBeNull()
  expect(parseLine('{"cut')).toBeNull()
})

test('what a tool was given and gave back is cut, with a note', async () => {
  const { events, transcript } = await play('text')
  transcript.take({
    type: 'assistant',
    message: { content: [{ type: 'tool_use', id: 't', name: 'Bash', input: { command: 'x'.repeat(50_000) } }] },
  })
  transcript.take({
    type: 'user',
    message: { content: [{ type: 'tool_result', tool_use_id: 't', content: 'y'.repeat(50_000) }] },
  })
  const [started, finished] = events.slice(-2)
  expect(JSON.stringify(started).length).toBeLessThan(20_000)
  expect(finished).toMatchObject({
    type: 'tool.finished',
    output: expect.stringContaining('33616 more characters') as string,
  })
})
