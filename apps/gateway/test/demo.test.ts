import { until } from '@errand/testkit'
import { DEMO_MODEL } from '@errand/domain'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveGateway, type LiveRun, startLiveGateway } from './support/liveGateway.ts'

let live: LiveGateway

beforeAll(async () => {
  live = await startLiveGateway()
})
afterAll(() => live.close())

const RED = '✖ every fourth century is a leap year after all\n# pass 4\n# fail 1\n'
const GREEN = '# pass 5\n# fail 0\n'

interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: unknown
}
interface Block {
  readonly type: string
  readonly id?: string
  readonly name?: string
  readonly text?: string
}

/** Plays the agent's side: calls the model, answers its tools with what a real run would print. */
async function converse(run: LiveRun, isStreamed: boolean): Promise<Block[][]> {
  const messages: Message[] = [
    {
      role: 'user',
      content: [{ type: 'text', text: 'Primary working directory: /workspace/demo\nFix the failing test' }],
    },
  ]
  const answers: Block[][] = []
  let isRed = true
  for (let turn = 0; turn < 10; turn++) {
    const body = JSON.stringify({ model: 'claude-opus-5-5', stream: isStreamed, tools: [{ name: 'Bash' }], messages })
    const { status, text } = await run.asAgent({ method: 'POST', path: '/llm/v1/messages', body })
    expect(status).toBe(200)
    const content = isStreamed ? blocksOf(text) : (JSON.parse(text) as { content: Block[] }).content
    answers.push(content)
    const use = content.find(({ type }) => type === 'tool_use')
    if (use === undefined) return answers
    if (use.name === 'Edit') isRed = false
    messages.push(
      { role: 'assistant', content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: isRed ? RED : GREEN }] },
    )
  }
  throw new Error('the demo does not end')
}

/** Puts a stream's blocks together as a client does. */
function blocksOf(wire: string): Block[] {
  const blocks: { -readonly [K in keyof Block]: Block[K] }[] = []
  for (const line of wire.split('\n').filter((one) => one.startsWith('data: '))) {
    const event = JSON.parse(line.slice(6)) as {
      type: string
      index?: number
      content_block?: Block
      delta?: { text?: string }
    }
    if (event.content_block !== undefined) blocks.push({ ...event.content_block })
    const block = blocks[event.index ?? -1]
    if (block !== undefined && event.delta?.text !== undefined) block.text = (block.text ?? '') + event.delta.text
  }
  return blocks
}

const tools = (answers: Block[][]) => answers.map((blocks) => blocks.find(({ type }) => type === 'tool_use')?.name)
const lastWords = (answers: Block[][]) =>
  answers
    .at(-1)
    ?.map(({ text }) => text ?? '')
    .join('')

describe('the demo model', () => {
  for (const isStreamed of [true, false]) {
    it(`leads through the demo repository's task, ${isStreamed ? 'streamed' : 'whole'}, and costs nothing`, async () => {
      const run = await live.run({ agent: 'demo', repositories: [{ repository: 'local/demo' }] })
      const answers = await converse(run, isStreamed)
      expect(tools(answers)).toEqual(['Bash', 'Read', 'Edit', 'Bash', 'Bash', 'Write', undefined])
      expect(lastWords(answers)).toContain('all tests pass')
      await until(async () => (await run.eventsOf('usage.metered')).length === answers.length)
      for (const event of await run.eventsOf('usage.metered'))
        expect(event).toMatchObject({ model: DEMO_MODEL, costUsd: 0 })
    })
  }

  it('says what it is and how to get a real model for any other task', async () => {
    const answers = await converse(await live.run({ agent: 'demo', repositories: [] }), true)
    expect(tools(answers)).toEqual(['Bash', 'Write', undefined])
    expect(lastWords(answers)).toContain('errand credentials add')
  })

  it('goes by its own name, whatever model the agent pins', async () => {
    await live.addAgent('pinned', { credential: 'demo', model: 'claude-opus-5-5' } as never)
    const { text } = await (await live.run({ agent: 'pinned' })).asRunner({ path: '/runner/v1/spec' })
    expect(JSON.parse(text)).toMatchObject({ runtime: { model: DEMO_MODEL } })
  })

  it('answers what Claude Code asks beside messages', async () => {
    const run = await live.run({ agent: 'demo' })
    expect(JSON.parse((await run.asAgent({ path: '/llm/v1/models' })).text)).toMatchObject({
      data: [{ display_name: expect.stringContaining('a fixed script') as string }],
    })
    expect(
      JSON.parse(
        (await run.asAgent({ method: 'POST', path: '/llm/v1/messages/count_tokens', body: 'x'.repeat(40) })).text,
      ),
    ).toEqual({ input_tokens: 10 })
    expect((await run.asAgent({ method: 'HEAD', path: '/llm/api/hello' })).status).toBe(200)
    expect((await run.asAgent({ method: 'POST', path: '/llm/v1/messages', body: 'no JSON' })).status).toBe(400)
  })
})
