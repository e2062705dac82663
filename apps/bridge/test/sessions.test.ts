import { until } from '@errand/testkit'
import { expect, test } from 'vitest'
import { BridgeAtWork } from './bridgeAtWork.ts'

test('a session has a process of its own, and what it says comes back byte for byte but for the id', async () => {
  await using work = await BridgeAtWork.start()
  const [a, b] = [await work.session(), await work.session()]
  expect(await a.call('count')).toBe('1')
  expect(await a.call('count')).toBe('2')
  expect(await b.call('count')).toBe('1')
  const spelled = await a.request('tools/call', { name: 'spell' }, 'x/7')
  expect(spelled.type).toBe('application/json')
  expect(spelled.raw).toBe('{"result" : {"n": 1.0, "big": 12345678901234567890} , "jsonrpc":"2.0","id": "x/7" } ')
  const asked = await a.post('{"jsonrpc":"2.0","id":1e2,"method":"ping"}')
  expect(asked.raw).toContain('"id":1e2')
})

test('the same ids in many sessions at once: everybody gets the own answer', async () => {
  for (const share of ['session', 'all'] as const) {
    await using work = await BridgeAtWork.start({ share })
    const clients = await Promise.all([1, 2, 3, 4].map((n) => work.session(`run${n}`)))
    const answers = await Promise.all(
      clients.flatMap((client, n) => [0, 1, 2].map((i) => client.call('echo', { text: `${n}/${i}` }, { id: i }))),
    )
    expect(answers).toEqual(clients.flatMap((_, n) => [0, 1, 2].map((i) => `${n}/${i}`)))
    const progress = await Promise.all(
      clients.map((client) => client.request('tools/call', { name: 'progress', _meta: { progressToken: 'same' } }, 9)),
    )
    for (const { messages } of progress) {
      expect(messages.map(({ params }) => params?.['progressToken'])).toEqual(['same', 'same', 'same', undefined])
      expect(messages.at(-1)?.id).toBe(9)
    }
  }
})

test('a session answers its own principal, and nobody knows one that is over', async () => {
  await using work = await BridgeAtWork.start()
  const mine = await work.session('run1')
  const theirs = await work.session('run2')
  theirs.sessionId = mine.sessionId
  expect((await theirs.request('ping')).status).toBe(404)
  expect((await mine.request('ping')).status).toBe(200)
  const pid = Number(await mine.call('pid'))
  expect((await mine.delete()).status).toBe(204)
  expect((await mine.request('ping')).status).toBe(404)
  await until(() => !isAlive(pid), { what: 'the end of the process' })
  mine.sessionId = null
  expect((await mine.request('tools/list')).status).toBe(400)
})

test('the server asks its client in the middle of a call, and hears the answer', async () => {
  await using work = await BridgeAtWork.start()
  const client = await work.session('run1', { elicitation: {} })
  const open = client.open(
    'POST',
    JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'ask' } }),
  )
  await until(() => open.messages.length > 0, { what: 'the question' })
  expect(open.messages[0]).toMatchObject({ id: 'q-1', method: 'elicitation/create' })
  const reply = await client.post({ jsonrpc: '2.0', id: 'q-1', result: { action: 'accept' } })
  expect(reply.status).toBe(202)
  const { messages } = await open.ended
  expect(messages.at(-1)?.result?.content?.[0]?.text).toBe('they said {"action":"accept"}')
})

test('a client whose connection broke takes its answer up where it was', async () => {
  await using work = await BridgeAtWork.start({ limits: { quietMs: 60, keepAliveMs: 60 } })
  const client = await work.session()
  const call = { jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'late', arguments: { ms: 600 } } }
  const broken = client.open('POST', JSON.stringify(call))
  await until(() => broken.eventIds.length > 0 && broken.raw.includes('\n: \n'), {
    what: 'a stream that is kept alive',
  })
  broken.close()
  const { messages } = await client.listen(broken.eventIds[0]).ended
  expect(messages).toMatchObject([{ id: 5, result: { content: [{ text: 'late' }] } }])
})

test('what a server says without being asked waits for whoever listens', async () => {
  await using work = await BridgeAtWork.start()
  const client = await work.session()
  const { messages } = await client.request('tools/call', { name: 'news' })
  expect(messages.map(({ method }) => method)).toEqual([
    'notifications/tools/list_changed',
    'notifications/message',
    undefined,
  ])
  const listening = client.listen()
  await until(() => listening.raw !== '', { what: 'the stream' })
  await client.call('news')
  await until(() => listening.messages.length > 0, { what: 'news' })
  expect(listening.messages.map(({ method }) => method)).toEqual(['notifications/tools/list_changed'])
  listening.close()
})

test('a call that its client cancels is cancelled at the server, under the server’s own id', async () => {
  await using work = await BridgeAtWork.start()
  const client = await work.session()
  const hanging = client.open(
    'POST',
    JSON.stringify({ jsonrpc: '2.0', id: 'mine', method: 'tools/call', params: { name: 'hang' } }),
  )
  await until(async () => (await work.health()).waiting === 1, { what: 'the call' })
  await client.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'mine' } })
  await until(() => work.log.some((line) => /cancelled \d+/.test(line)), { what: 'the cancellation' })
  expect((await hanging.ended).status).toBe(202)
})

test('one server for all: started once, nobody’s business reaches another, and it outlives sessions', async () => {
  await using work = await BridgeAtWork.start({ share: 'all' })
  const [a, b] = [await work.session('run1', { elicitation: {}, sampling: {} }), await work.session('run2')]
  expect(await a.call('pid')).toBe(await b.call('pid'))
  const listening = b.listen()
  await until(() => listening.raw !== '' || work.log.length >= 0, { what: 'the stream' })
  const { messages } = await a.request('tools/call', { name: 'news' })
  expect(messages.at(-1)?.id).toBeDefined()
  await until(() => listening.messages.length > 0, { what: 'news for all' })
  expect(listening.raw + JSON.stringify(messages)).not.toContain('private')
  // The server was told that its client can do nothing, and what it asks all the same is refused to it.
  const hanging = a.open(
    'POST',
    JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'ask' } }),
  )
  expect(JSON.stringify((await hanging.ended).messages)).toContain('they said undefined')
  expect(listening.raw).not.toContain('elicitation')
  listening.close()
  await a.delete()
  expect(await b.call('echo', { text: 'still here' })).toBe('still here')
})

test('a session that nobody uses is closed, and a bridge that nobody asks says that it may go', async () => {
  await using work = await BridgeAtWork.start({ idleMs: 300 })
  const client = await work.session()
  const pid = Number(await client.call('pid'))
  const listening = client.listen()
  await until(() => listening.raw !== '' || isAlive(pid), { what: 'the stream' })
  await client.call('late', { ms: 500 })
  expect(await client.call('echo', { text: 'in use' })).toBe('in use')
  listening.close()
  await work.bridge.idle
  expect((await work.health()).sessions).toBe(0)
  await until(() => !isAlive(pid), { what: 'the end of the process' })
})

test('more sessions than there may be: the longest unused one makes place, and when all work it says so', async () => {
  await using work = await BridgeAtWork.start({ limits: { sessions: 2 } })
  const [a, b] = [await work.session(), await work.session()]
  await a.call('echo', { text: '' })
  const c = await work.session()
  expect((await b.request('ping')).status).toBe(404)
  const busy = [a, c].map((client) =>
    client.open('POST', JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'hang' } })),
  )
  await until(async () => (await work.health()).waiting === 2, { what: 'two calls' })
  const refused = await b.initialize()
  expect(refused.status).toBe(503)
  expect(refused.raw).toContain('2 sessions in use')
  for (const one of busy) one.close()
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
