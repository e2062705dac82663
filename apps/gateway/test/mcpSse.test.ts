import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { applyDocument, requestMcpTest } from '@errand/engine'
import { until } from '@errand/testkit'
import { type McpFixture, startMcpServer } from '@errand/testkit/mcpServer'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type LiveGateway, type LiveRun, startLiveGateway } from './support/liveGateway.ts'

const TOKEN = 'canary-sse-8a1f'
let gateway: LiveGateway
let server: McpFixture
let run: LiveRun
beforeAll(async () => {
  gateway = await startLiveGateway()
  server = await startMcpServer({ transport: 'sse', token: TOKEN })
  await gateway.addCredential('pat', { type: 'bearer' }, TOKEN)
  await add('old', { url: server.url, credential: 'pat' })
  await gateway.addAgent('worker', {
    mcp: [{ server: 'old', rules: [{ tools: ['ech?'], then: 'allow' }], otherwise: 'allow' }],
  })
})
let session = ''
beforeEach(async () => {
  run = await gateway.run({ agent: 'worker' })
  session = await opened()
})
afterAll(async () => {
  await server.close()
  await gateway.close()
})

async function add(name: string, more: object): Promise<void> {
  const spec = { type: 'remote', transport: 'sse', private: true, ...more }
  const source = `kind: McpServer\nname: ${name}\nspec: ${JSON.stringify(spec)}\n`
  await applyDocument(gateway.owner, { source }, gateway.engine)
}

const ask = (method: 'POST' | 'GET' | 'DELETE', message: object | null, onChunk?: (chunk: Buffer) => void, of = run) =>
  of.asAgent({
    method,
    path: '/mcp/old',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(session === '' ? {} : { 'mcp-session-id': session }),
    },
    ...(message === null ? {} : { body: JSON.stringify({ jsonrpc: '2.0', ...message }) }),
    ...(onChunk === undefined ? {} : { onChunk }),
  })

const clientInfo = { name: 'test', version: '1' }
async function opened(): Promise<string> {
  session = ''
  const params = { protocolVersion: '2025-11-25', capabilities: { roots: {} }, clientInfo }
  const hello = await ask('POST', { id: 0, method: 'initialize', params })
  expect(hello.text).toContain('"serverInfo":{"name":"fixture"')
  session = String(hello.headers['mcp-session-id'])
  expect((await ask('POST', { method: 'notifications/initialized' })).status).toBe(202)
  return session
}

const call = (id: number, name: string, given: object = {}, onChunk?: (chunk: Buffer) => void) =>
  ask('POST', { id, method: 'tools/call', params: { name, arguments: given } }, onChunk)

test('a test makes the handshake', async () => {
  expect(await requestMcpTest(gateway.owner, 'old', gateway.engine)).toMatchObject({
    ok: true,
    value: { tools: [{ name: 'echo' }, { name: 'wait' }, { name: 'ask' }] },
  })
})

test('requests get their own answers, however they cross', async () => {
  const many = await Promise.all([1, 2, 3].map((id) => call(id, 'echo', { message: `number ${id}` })))
  for (const [index, { text }] of many.entries()) {
    expect(text).toContain(`number ${index + 1}`)
    expect(text.match(/^data: /gm)).toHaveLength(1)
  }
  expect((await ask('POST', { id: 4, method: 'tools/list' })).text).toContain('"echo"')
})

test('what the server asks in the middle of a call is answered, and the call goes on', async () => {
  const chunks: string[] = []
  const asking = call(1, 'ask', {}, (chunk) => chunks.push(chunk.toString()))
  const question = await until(() => /data: (.*"roots\/list".*)/.exec(chunks.join(''))?.[1], { what: 'the question' })
  const { id } = JSON.parse(question) as { id: number }
  const roots = [{ uri: 'file:///a' }, { uri: 'file:///b' }]
  expect((await ask('POST', { id, result: { roots } })).status).toBe(202)
  expect((await asking).text).toContain('It has 2 roots.')
})

test('a cancellation reaches the server; a session is its run’s alone; its end is its end', async () => {
  void call(7, 'wait')
  await until(() => server.calls.includes('wait'), { what: 'the call' })
  await ask('POST', { method: 'notifications/cancelled', params: { requestId: 7 } })
  await until(() => server.calls.includes('wait, cancelled'), { what: 'the cancellation' })
  const other = await gateway.run({ agent: 'worker' })
  expect((await ask('POST', { id: 8, method: 'ping' }, undefined, other)).status).toBe(404)
  expect((await ask('DELETE', null)).status).toBe(200)
  expect((await ask('POST', { id: 9, method: 'ping' })).status).toBe(404)
})

test('after a restart of the gateway the client is told to open another session', async () => {
  await gateway.restart()
  expect((await ask('POST', { id: 1, method: 'ping' })).status).toBe(404)
  await opened()
  expect((await call(2, 'echo', { message: 'again' })).text).toContain('again')
})

test.each([
  ['messages to another origin', 'event: endpoint\ndata: https://evil.example/messages\n\n', 'another origin'],
  ['no address for messages', 'data: {"jsonrpc":"2.0"}\n\n', 'SSE server'],
])('%s is refused in words', async (_, stream, words) => {
  const upstream = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(stream),
  )
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  await add('odd', { url: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/sse` })
  const outcome = await requestMcpTest(gateway.owner, 'odd', gateway.engine)
  expect(outcome).toMatchObject({ ok: false, code: 'mcp.handshake', detail: expect.stringContaining(words) })
  upstream.closeAllConnections()
  upstream.close()
})

test('a wrong token is said so; a server that breaks off ends the call with words', async () => {
  await gateway.addCredential('wrong', { type: 'bearer' }, 'no')
  await add('closed', { url: server.url, credential: 'wrong' })
  const refused = await requestMcpTest(gateway.owner, 'closed', gateway.engine)
  expect(refused).toMatchObject({ ok: false, code: 'mcp.credential-refused' })
  const before = server.calls.length
  const waiting = call(1, 'wait')
  await until(() => server.calls.length > before, { what: 'the call' })
  await server.close()
  expect((await waiting).text).toContain('broke off')
})
