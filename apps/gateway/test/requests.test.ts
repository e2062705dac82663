import { requestCredentialTest } from '@errand/engine'
import { type ScriptedModel, startScriptedModel } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveGateway, startLiveGateway } from './support/liveGateway.ts'
import { startWireServer, type WireServer } from './support/wireServer.ts'

let model: ScriptedModel
let wire: WireServer
let live: LiveGateway

beforeAll(async () => {
  model = await startScriptedModel({ apiKey: 'right' })
  wire = await startWireServer()
  live = await startLiveGateway({ anthropicUrl: model.url })
})
afterAll(async () => {
  await live.close()
  await model.close()
  await wire.close()
})

const test = (name: string) => requestCredentialTest(live.owner, name, live.engine)

describe('testing a credential', () => {
  it('makes one real call of one token and says that it came', async () => {
    await live.addCredential('key', { type: 'anthropic-key' }, 'right')
    const before = model.calls.length
    const { ok, words, ms } = await test('key')
    expect(ok).toBe(true)
    expect(words).toContain('one token')
    expect(ms).toBeGreaterThanOrEqual(0)
    const calls = model.calls.slice(before)
    expect(calls).toHaveLength(1)
    expect(JSON.parse(calls[0]?.body ?? '')).toMatchObject({ max_tokens: 1 })
  })

  it('repeats the provider’s words when it refuses, without the key', async () => {
    await live.addCredential('wrong', { type: 'anthropic-key' }, 'wrong-key-7')
    expect(await test('wrong')).toMatchObject({
      ok: false,
      words: expect.stringContaining('invalid x-api-key') as string,
    })
    await live.addCredential('echo', { type: 'llm-compatible', baseUrl: wire.url, auth: 'bearer' }, 'wrong-key-8')
    const tested = test('echo')
    ;(await wire.next()).response.writeHead(404).end()
    ;(await wire.next()).response.writeHead(401).end('{"error":{"message":"Incorrect API key provided: wrong-key-8"}}')
    const { words } = await tested
    expect(words).toContain('Incorrect API key provided: [secret]')
    expect(words).not.toContain('wrong-key-8')
  })

  it('asks a compatible provider for a model that it has', async () => {
    await live.addCredential('compatible', { type: 'llm-compatible', baseUrl: model.url, auth: 'x-api-key' }, 'right')
    expect(await test('compatible')).toMatchObject({
      ok: true,
      words: expect.stringContaining('claude-opus-5-5') as string,
    })
  })

  it('says that nobody is there', async () => {
    await live.addCredential('nobody', { type: 'llm-compatible', baseUrl: 'http://127.0.0.1:1', auth: 'none' })
    expect(await test('nobody')).toMatchObject({ ok: false, words: expect.stringContaining('ECONNREFUSED') as string })
  })

  it('says that there is no value yet', async () => {
    await live.addCredential('empty', { type: 'anthropic-key' })
    expect(await test('empty')).toMatchObject({ ok: false, words: expect.stringContaining('no value') as string })
  })

  it('asks a git host who the token belongs to when no repository of it is known', async () => {
    const host = new URL(wire.url).host
    await live.addCredential('forge', { type: 'git', host, username: 'x', private: true }, 'pat-9')
    const { ok, words } = await test('forge')
    // The host speaks plain http, so the attempt over https fails, and the words say what was tried.
    expect(ok).toBe(false)
    expect(words).toContain(`https://${host}/api/v4/user`)
  })
})
