import { randomBytes } from 'node:crypto'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveGateway, type LiveRun, startLiveGateway } from './support/liveGateway.ts'
import { startWireServer, type WireServer } from './support/wireServer.ts'

let wire: WireServer
let live: LiveGateway
let run: LiveRun

beforeAll(async () => {
  wire = await startWireServer()
  live = await startLiveGateway({ anthropicUrl: `${wire.url}/anthropic` })
  await live.addCredential(
    'wire',
    { type: 'llm-compatible', baseUrl: `${wire.url}/base/`, auth: 'x-api-key' },
    'key-of-wire',
  )
  await live.addAgent('wire', { credential: 'wire', budgetUsd: 1000 } as never)
  run = await live.run({ agent: 'wire' })
})
afterAll(async () => {
  await live.close()
  await wire.close()
})

const messages = { method: 'POST', path: '/llm/v1/messages?beta=true', headers: { 'content-type': 'application/json' } }

describe('a model call', () => {
  it('is sent on with every byte of its body, its path, query and betas as they came', async () => {
    const body = randomBytes(300_000)
    const answered = run.asAgent({
      ...messages,
      body,
      headers: { 'anthropic-beta': 'one,two', 'x-claude-code-session-id': 's1', 'user-agent': 'claude-cli/2.1.328' },
    })
    const { response, ...seen } = await wire.next()
    response.end('{}')
    expect((await answered).status).toBe(200)
    expect(seen.method).toBe('POST')
    expect(seen.target).toBe('/base/v1/messages?beta=true')
    expect(seen.body.equals(body)).toBe(true)
    expect(seen.headers).toMatchObject({
      'anthropic-beta': 'one,two',
      'x-claude-code-session-id': 's1',
      'user-agent': 'claude-cli/2.1.328',
    })
  })

  it('brings the answer back byte for byte, each piece as soon as it comes', async () => {
    const pieces = [Buffer.from('event: ping\n'), randomBytes(70_000), Buffer.from('x'), randomBytes(1)]
    const got: Buffer[] = []
    const answered = run.asAgent({ ...messages, body: '{}', onChunk: (chunk) => got.push(chunk) })
    const { response } = await wire.next()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    let sentBytes = 0
    for (const piece of pieces) {
      response.write(piece)
      sentBytes += piece.length
      // The next piece is not sent before this one has arrived: held back anywhere, it would never come.
      await until(() => Buffer.concat(got).length === sentBytes, { what: 'the piece' })
    }
    response.end()
    const { body, isWhole } = await answered
    expect(body.equals(Buffer.concat(pieces))).toBe(true)
    expect(isWhole).toBe(true)
  })

  it('shows the headers of an answer before its first byte', async () => {
    const outgoing = run.asAgent({ ...messages, body: '{}' })
    const { response } = await wire.next()
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'request-id': 'req_7',
      'anthropic-ratelimit-unified-status': 'allowed',
    })
    response.flushHeaders()
    response.end('x')
    expect((await outgoing).headers).toMatchObject({
      'request-id': 'req_7',
      'anthropic-ratelimit-unified-status': 'allowed',
    })
  })

  it('ends upstream when the agent goes away', async () => {
    const abort = new AbortController()
    const answered = run.asAgent({ ...messages, body: '{}', signal: abort.signal }).catch((error: Error) => error.name)
    const { response, gone } = await wire.next()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('event: ping\n\n')
    abort.abort()
    await gone
    expect(await answered).toBeDefined()
  })

  it('is cut, never ended, when the provider breaks off in the middle', async () => {
    const answered = run.asAgent({ ...messages, body: '{}' })
    const { response } = await wire.next()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('event: message_start\n')
    response.write('half', () => response.destroy())
    expect((await answered).isWhole).toBe(false)
  })

  it('takes a provider’s refusal back as it is, and stops the agent from trying a wrong key for minutes', async () => {
    const words = '{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}'
    const answered = run.asAgent({ ...messages, body: '{}' })
    const { response } = await wire.next()
    response.writeHead(401, { 'content-type': 'application/json', 'request-id': 'req_9' })
    response.end(words)
    const { status, text, headers } = await answered
    expect({ status, text }).toEqual({ status: 401, text: words })
    expect(headers).toMatchObject({ 'x-should-retry': 'false', 'request-id': 'req_9' })
  })

  it('keeps a provider’s word on when to come back', async () => {
    const answered = run.asAgent({ ...messages, body: '{}' })
    const { response } = await wire.next()
    response.writeHead(429, { 'retry-after': '7' })
    response.end('{}')
    const { status, headers } = await answered
    expect(status).toBe(429)
    expect(headers['retry-after']).toBe('7')
    expect(headers['x-should-retry']).toBeUndefined()
  })

  it('goes nowhere but to the Messages API', async () => {
    const before = wire.seen.length
    for (const [method, path] of [
      ['POST', '/llm/v1/complete'],
      ['GET', '/llm/v1/messages'],
      ['POST', '/llm/v1/messages/../files'],
      ['POST', '/llm//v1/messages'],
      ['POST', '/llm/v1/messages/batches'],
      ['DELETE', '/llm/v1/models'],
    ] as const) {
      const { status, text } = await run.asAgent({ method, path, body: '' })
      expect(status).toBe(404)
      expect(JSON.parse(text)).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
    }
    expect(wire.seen).toHaveLength(before)
  })

  it('is forwarded for counting tokens and listing models, too, and costs nothing', async () => {
    for (const [method, path] of [
      ['POST', '/v1/messages/count_tokens'],
      ['GET', '/v1/models'],
      ['HEAD', '/api/hello'],
    ] as const) {
      const answered = run.asAgent({ method, path: `/llm${path}`, body: method === 'POST' ? '{}' : '' })
      const seen = await wire.next()
      seen.response.end()
      expect((await answered).status).toBe(200)
      expect(seen.target).toBe(`/base${path}`)
    }
  })

  it('is refused in words and without a retry when the provider cannot be reached', async () => {
    await live.addCredential('nobody', { type: 'llm-compatible', baseUrl: 'http://127.0.0.1:1', auth: 'none' })
    await live.addAgent('nobody', { credential: 'nobody' } as never)
    const { status, text } = await (await live.run({ agent: 'nobody' })).asAgent({ ...messages, body: '{}' })
    expect(status).toBe(502)
    expect(JSON.parse(text)).toMatchObject({
      type: 'error',
      error: { message: expect.stringContaining('could not be reached') as string },
    })
  })
})

describe('the credential of a model call', () => {
  const agentsOwn = {
    'x-api-key': 'dummy-of-the-agent',
    authorization: 'Bearer dummy-of-the-agent',
    cookie: 'a=b',
    'anthropic-beta': 'agents-own',
  }

  async function headersSent(agent: string) {
    const answered = (await live.run({ agent })).asAgent({ ...messages, headers: agentsOwn, body: '{}' })
    const { response, headers, target } = await wire.next()
    response.end('{}')
    await answered
    return { headers, target }
  }

  it('replaces what the agent sent: an Anthropic key', async () => {
    await live.addCredential('anthropic', { type: 'anthropic-key' }, 'sk-ant-real')
    await live.addAgent('on-anthropic', { credential: 'anthropic' } as never)
    const { headers, target } = await headersSent('on-anthropic')
    expect(target).toBe('/anthropic/v1/messages?beta=true')
    expect(headers).toMatchObject({ 'x-api-key': 'sk-ant-real', 'anthropic-beta': 'agents-own' })
    expect(headers.authorization).toBeUndefined()
    expect(headers.cookie).toBeUndefined()
  })

  it('replaces what the agent sent: a subscription token, with the beta that it needs', async () => {
    await live.addCredential('subscription', { type: 'anthropic-subscription' }, 'sk-ant-oat-real')
    await live.addAgent('on-subscription', { credential: 'subscription' } as never)
    const { headers } = await headersSent('on-subscription')
    expect(headers).toMatchObject({
      authorization: 'Bearer sk-ant-oat-real',
      'anthropic-beta': 'agents-own,oauth-2025-04-20',
    })
    expect(headers['x-api-key']).toBeUndefined()
  })

  it('replaces what the agent sent: a compatible provider’s bearer token, or none at all', async () => {
    await live.addCredential('bearer', { type: 'llm-compatible', baseUrl: wire.url, auth: 'bearer' }, 'token-real')
    await live.addAgent('on-bearer', { credential: 'bearer' } as never)
    expect((await headersSent('on-bearer')).headers.authorization).toBe('Bearer token-real')
    await live.addCredential('open', { type: 'llm-compatible', baseUrl: wire.url, auth: 'none' })
    await live.addAgent('on-open', { credential: 'open' } as never)
    const { headers } = await headersSent('on-open')
    expect([headers.authorization, headers['x-api-key']]).toEqual([undefined, undefined])
  })

  it('never leaves with a header of ours', async () => {
    const { headers } = await headersSent('wire')
    expect(Object.keys(headers).filter((name) => name.startsWith('x-errand'))).toEqual([])
  })

  it('is used in its newest version at the next call', async () => {
    await live.addCredential(
      'wire',
      { type: 'llm-compatible', baseUrl: `${wire.url}/base`, auth: 'x-api-key' },
      'key-of-wire-2',
    )
    expect((await headersSent('wire')).headers['x-api-key']).toBe('key-of-wire-2')
  })
})

describe('a provider that falls silent', () => {
  it('in the middle of an answer is given up after the limit, and both connections are closed', async () => {
    const quick = await startLiveGateway({ modelSilenceMs: 200 })
    try {
      await quick.addCredential('wire', { type: 'llm-compatible', baseUrl: wire.url, auth: 'none' })
      await quick.addAgent('wire', { credential: 'wire' } as never)
      const answered = (await quick.run({ agent: 'wire' })).asAgent({ ...messages, body: '{}' })
      const { response, gone } = await wire.next()
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('event: ping\n\n')
      expect((await answered).isWhole).toBe(false)
      await gone
    } finally {
      await quick.close()
    }
  })
})
