import { FAULT_HEADER } from '@errand/contracts'
import { readSampleAnswers, type ScriptedModel, startScriptedModel, until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveGateway, startLiveGateway } from './support/liveGateway.ts'
import { startWireServer, type WireServer } from './support/wireServer.ts'

let model: ScriptedModel
let wire: WireServer
let live: LiveGateway

beforeAll(async () => {
  model = await startScriptedModel()
  wire = await startWireServer()
  live = await startLiveGateway()
  await live.addCredential('scripted', { type: 'llm-compatible', baseUrl: model.url, auth: 'none' })
  await live.addCredential('wire', { type: 'llm-compatible', baseUrl: wire.url, auth: 'none' })
  await live.addAgent('scripted', { credential: 'scripted' } as never)
  await live.addAgent('wire', { credential: 'wire' } as never)
})
afterAll(async () => {
  await live.close()
  await model.close()
  await wire.close()
})

const path = '/llm/v1/messages'
const asked = (scenario: string, more: object = {}) => ({
  method: 'POST',
  path,
  body: JSON.stringify({
    model: 'claude-opus-5-5',
    stream: true,
    tools: [{ name: 'Bash' }],
    messages: [{ role: 'user', content: `[[stub:${scenario}]] go` }],
    ...more,
  }),
})
/** What one answer of the scenario `costly` costs: 20,000 tokens in at $4, 20,000 out at $20 a million. */
const COSTLY_USD = 0.48

describe('metering', () => {
  it('writes what a streamed answer used into the run’s log', async () => {
    const run = await live.run({ agent: 'scripted' })
    await run.asAgent(asked('costly'))
    expect(await run.event('usage.metered')).toMatchObject({
      model: 'claude-opus-5-5',
      inputTokens: 20_000,
      outputTokens: 20_000,
      costUsd: COSTLY_USD,
    })
  })

  it('meters Claude Code’s recorded answers as they were', async () => {
    const run = await live.run({ agent: 'wire' })
    const answers = await readSampleAnswers('partial-messages')
    for (const wireText of answers) {
      const answered = run.asAgent(asked('text'))
      const { response } = await wire.next()
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
      response.end(wireText)
      expect((await answered).text).toBe(wireText)
    }
    await until(async () => (await run.eventsOf('usage.metered')).length === answers.length)
    for (const event of await run.eventsOf('usage.metered'))
      expect(event).toMatchObject({ inputTokens: 100, outputTokens: 20 })
  })

  it('meters an answer that was not streamed', async () => {
    const run = await live.run({ agent: 'scripted' })
    await run.asAgent(asked('costly', { stream: false }))
    expect((await run.event('usage.metered')).costUsd).toBeCloseTo(COSTLY_USD, 10)
  })

  it('says that a cost is unknown rather than guess it', async () => {
    const run = await live.run({ agent: 'scripted' })
    await run.asAgent(asked('text', { model: 'somebody-elses-model' }))
    expect(await run.event('usage.metered')).toMatchObject({
      model: 'somebody-elses-model',
      inputTokens: 100,
      costUsd: null,
    })
  })

  it('counts what is known of an answer that was cut', async () => {
    const run = await live.run({ agent: 'scripted' })
    await run.asAgent(asked('cut'))
    expect(await run.event('usage.metered')).toMatchObject({ inputTokens: 100, outputTokens: 1 })
  })

  it('counts nothing for an error', async () => {
    const run = await live.run({ agent: 'scripted' })
    expect((await run.asAgent(asked('error-529'))).status).toBe(529)
    await run.asAgent(asked('text'))
    await run.event('usage.metered')
    expect(await run.eventsOf('usage.metered')).toHaveLength(1)
  })
})

describe('a run’s budget', () => {
  it('stops the agent in plain words once it is used up, and is told to the log once', async () => {
    const run = await live.run({ agent: 'scripted', budgetUsd: 0.9 })
    for (let call = 0; call < 2; call++) expect((await run.asAgent(asked('costly'))).status).toBe(200)
    for (let attempt = 0; attempt < 3; attempt++) {
      const { status, headers, text } = await run.asAgent(asked('costly'))
      expect(status).toBe(402)
      expect(headers).toMatchObject({ 'x-should-retry': 'false', [FAULT_HEADER]: 'run.budget' })
      const { error } = JSON.parse(text) as { error: { type: string; message: string } }
      expect(error.type).toBe('billing_error')
      expect(error.message).toContain("The run's budget of $0.90 is used up ($0.96 spent).")
    }
    expect(await run.eventsOf('budget.reached')).toEqual([{ type: 'budget.reached', spentUsd: 0.96, budgetUsd: 0.9 }])
    expect(await run.eventsOf('usage.metered')).toHaveLength(2)
  })

  it('never refuses a run that has money left, however fast it asks', async () => {
    const run = await live.run({ agent: 'scripted', budgetUsd: COSTLY_USD * 20 })
    for (let call = 0; call < 20; call++) expect((await run.asAgent(asked('costly'))).status).toBe(200)
    expect((await run.asAgent(asked('costly'))).status).toBe(402)
  })

  it('counts what calls that are still under way have spent', async () => {
    const run = await live.run({ agent: 'wire', budgetUsd: 0.01 })
    const begun = Promise.withResolvers<void>()
    const slow = run.asAgent({ ...asked('text'), onChunk: () => begun.resolve() })
    const { response } = await wire.next()
    const usage = { input_tokens: 100_000, output_tokens: 1 }
    const start = { type: 'message_start', message: { model: 'claude-opus-5-5', usage } }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`event: message_start\ndata: ${JSON.stringify(start)}\n\n`)
    await begun.promise
    const second = await run.asAgent(asked('text'))
    expect(second.status).toBe(402)
    expect(second.text).toContain('is used up ($0.40 spent)')
    response.end()
    await slow
  })

  it('does not stand in the way of calls that cost nothing', async () => {
    const run = await live.run({ agent: 'scripted', budgetUsd: 0.1 })
    await run.asAgent(asked('costly'))
    expect((await run.asAgent(asked('costly'))).status).toBe(402)
    expect((await run.asAgent({ method: 'GET', path: '/llm/v1/models' })).status).toBe(200)
  })
})
