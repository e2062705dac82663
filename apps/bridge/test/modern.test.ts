import { until } from '@errand/testkit'
import { expect, test } from 'vitest'
import { BridgeAtWork, Client } from './bridgeAtWork.ts'

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
}
const HEADERS = { 'mcp-protocol-version': '2026-07-28' }

function ask(client: Client, method: string, params: Record<string, unknown> = {}, id: unknown = 1) {
  return client.post({ jsonrpc: '2.0', id, method, params: { _meta: META, ...params } }, HEADERS)
}

test('a server of 2026-07-28 is spoken to as it is: discover, calls, errors with their status', async () => {
  await using work = await BridgeAtWork.start({ mode: 'modern' })
  const client = new Client(work.bridge.port, 'run1')
  expect((await ask(client, 'server/discover')).messages[0]?.result).toMatchObject({
    supportedVersions: ['2026-07-28'],
  })
  const called = await ask(client, 'tools/call', { name: 'echo', arguments: { text: 'hello' } }, 'mine')
  expect(called.messages).toMatchObject([{ id: 'mine', result: { content: [{ text: 'hello' }] } }])
  expect((await ask(client, 'no/such')).status).toBe(404)
  const bare = await client.post({ jsonrpc: '2.0', id: 1, method: 'tools/list' }, HEADERS)
  expect([bare.status, bare.messages[0]?.error?.code]).toEqual([400, -32602])
})

test('one process for each principal, and none of them hears of another', async () => {
  await using work = await BridgeAtWork.start({ mode: 'modern' })
  const [a, b] = [new Client(work.bridge.port, 'run1'), new Client(work.bridge.port, 'run2')]
  const count = async (client: Client) =>
    (await ask(client, 'tools/call', { name: 'count' })).messages.at(-1)?.result?.content?.[0]?.text
  expect([await count(a), await count(a), await count(b)]).toEqual(['1', '2', '1'])
  const told = await ask(b, 'tools/call', { name: 'news' })
  expect(JSON.stringify(told.messages)).toContain('private to whoever asked')
})

test('a subscription carries the id that the client chose', async () => {
  await using work = await BridgeAtWork.start({ mode: 'modern', share: 'all' })
  const [a, b] = [new Client(work.bridge.port, 'run1'), new Client(work.bridge.port, 'run2')]
  const open = [a, b].map((client, n) =>
    client.open(
      'POST',
      JSON.stringify({ jsonrpc: '2.0', id: `sub-${n}`, method: 'subscriptions/listen', params: { _meta: META } }),
      HEADERS,
    ),
  )
  for (const [n, stream] of open.entries()) {
    await until(() => stream.messages.length === 2, { what: 'the acknowledgement and news' })
    const ids = stream.messages.map(
      ({ params }) =>
        (params?.['_meta'] as Record<string, unknown> | undefined)?.['io.modelcontextprotocol/subscriptionId'],
    )
    expect(ids).toEqual([`sub-${n}`, `sub-${n}`])
  }
  open[0]?.close()
  await until(() => work.log.some((line) => /cancelled \d+/.test(line)), { what: 'the end of the subscription' })
  open[1]?.close()
})

test('a client that goes away has cancelled its call', async () => {
  await using work = await BridgeAtWork.start({ mode: 'modern' })
  const client = new Client(work.bridge.port, 'run1')
  await ask(client, 'server/discover')
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { _meta: META, name: 'hang' } }
  const hanging = client.open('POST', JSON.stringify(body), HEADERS)
  await until(async () => (await work.health()).waiting === 1, { what: 'the call' })
  hanging.close()
  await until(() => work.log.some((line) => /cancelled \d+/.test(line)), { what: 'the cancellation' })
})

test('a server of an earlier era is said to be one, at once from the second time on, and sessions work beside it', async () => {
  await using work = await BridgeAtWork.start()
  const client = new Client(work.bridge.port, 'run1')
  for (let i = 0; i < 2; i++) {
    const refused = await ask(client, 'server/discover')
    expect(refused.status).toBe(400)
    expect(refused.messages[0]?.error).toMatchObject({
      code: -32022,
      data: { supported: ['2025-11-25', '2025-06-18', '2025-03-26'] },
    })
  }
  expect((await work.health()).crashes).toBe(0)
  await client.initialize()
  expect(await client.call('echo', { text: 'as before' })).toBe('as before')
})

test('the first request decides nothing for the others when it is wrong', async () => {
  await using work = await BridgeAtWork.start({ mode: 'modern' })
  const client = new Client(work.bridge.port, 'run1')
  const version = 'io.modelcontextprotocol/protocolVersion'
  const incomplete = await ask(client, 'tools/list', { _meta: { [version]: '2026-07-28' } })
  expect([incomplete.status, incomplete.messages[0]?.error?.code]).toEqual([400, -32602])
  const unknown = await ask(client, 'tools/list', { _meta: { ...META, [version]: '2099-01-01' } })
  expect([unknown.status, unknown.messages[0]?.error]).toEqual([
    400,
    expect.objectContaining({ code: -32022, data: { supported: ['2026-07-28'], requested: '2099-01-01' } }),
  ])
  expect((await ask(client, 'server/discover')).status).toBe(200)
})
