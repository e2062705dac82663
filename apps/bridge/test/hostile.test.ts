import { until } from '@errand/testkit'
import { expect, test } from 'vitest'
import { BridgeAtWork } from './bridgeAtWork.ts'

const MIB = 2 ** 20

test('a line of 20 MB is an error with words for its own call, and is not kept', async () => {
  await using work = await BridgeAtWork.start()
  const client = await work.session()
  const waiting = client.call('late', { ms: 1_500 })
  const before = process.memoryUsage().arrayBuffers
  const answer = await client.call('big', { bytes: 20 * MIB })
  expect(answer).toMatch(
    /^error -32000: The MCP server’s answer is one message of 2097\d{4} bytes; 16777216 are the limit/,
  )
  expect(await waiting).toBe('late')
  expect(await client.call('big', { bytes: 200 * MIB })).toContain('are the limit')
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(160 * MIB)
  expect((await client.call('big', { bytes: 10 * MIB })).length).toBe(10 * MIB)
})

test('a server that floods waits until its reader has caught up', async () => {
  await using work = await BridgeAtWork.start()
  const client = await work.session()
  const before = process.memoryUsage().rss
  const call = { jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'flood', arguments: { lines: 60_000 } } }
  const { messages } = await client.open('POST', JSON.stringify(call)).ended
  expect(messages.length).toBe(60_001)
  expect(process.memoryUsage().rss - before).toBeLessThan(600 * MIB)
})

test('a flood that nobody reads is kept within bounds, and the session goes on', async () => {
  await using work = await BridgeAtWork.start()
  const client = await work.session()
  const call = { jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'flood', arguments: { lines: 20_000 } } }
  const answer = await client.post(call, { accept: 'application/json' })
  expect(answer.messages).toMatchObject([{ id: 5 }])
  const listening = client.listen()
  await until(() => listening.messages.length > 0, { what: 'the newest of it' })
  expect(listening.messages.length).toBeLessThanOrEqual(100)
  listening.close()
})

test('a server that ends in the middle of an answer: every waiting call is told why, its session is over, others are not', async () => {
  await using work = await BridgeAtWork.start()
  const [a, b] = [await work.session('run1'), await work.session('run2')]
  const waiting = [a.call('hang'), a.call('die')]
  for (const answer of await Promise.all(waiting)) {
    expect(answer).toBe('error -32000: The MCP server is gone: it ended with code 7. It said: the disk is gone')
  }
  expect((await a.request('ping')).status).toBe(404)
  expect(await b.call('echo', { text: 'unmoved' })).toBe('unmoved')
  expect(await work.health()).toMatchObject({ crashes: 1, lastError: 'it ended with code 7: the disk is gone' })
  // A call that kills its server is no reason to make anybody wait for the next one.
  for (let i = 0; i < 4; i++) {
    const next = await work.session('run1')
    expect(await next.call('die')).toContain('the disk is gone')
  }
  expect(await (await work.session('run1')).call('echo', { text: 'again' })).toBe('again')
})

test('a server that lies, babbles and answers twice: each call gets its own answer, once', async () => {
  for (const share of ['session', 'all'] as const) {
    await using work = await BridgeAtWork.start({ share })
    const client = await work.session()
    const hanging = client.call('late', { ms: 300 })
    expect(await client.call('lie')).toBe('the truth')
    expect(await client.call('echo', { text: 'next' })).toBe('next')
    expect(await hanging).toBe('late')
    expect(work.log.some((line) => line.includes('(not a message) Server started!'))).toBe(true)
  }
})

test('a server that cannot start is tried ever more slowly, and says what it said', async () => {
  for (const share of ['session', 'all'] as const) {
    await using work = await BridgeAtWork.start({ mode: 'crash', share })
    const answers = []
    for (let i = 0; i < 6; i++) {
      const client = await work.session()
      answers.push(client.sessionId === null ? 'refused' : 'begun')
    }
    const { crashes, lastError } = await work.health()
    expect(crashes).toBeGreaterThanOrEqual(3)
    expect(crashes).toBeLessThan(6)
    expect(lastError).toBe('it ended with code 3: cannot find my configuration')
    const refused = await work.session()
    const answer = await refused.initialize()
    expect(answer.raw).toMatch(/cannot find my configuration\). It is tried again in \d s/)
  }
})

test('a server that never answers is not waited for for ever', async () => {
  await using work = await BridgeAtWork.start({ mode: 'mute', limits: { startMs: 300 } })
  const client = await work.session()
  const answer = await client.initialize()
  expect(answer.raw).toContain('did not answer its first message')
  await until(async () => (await work.health()).processes === 0, { what: 'the end of the processes' })
})

test('secrets reach the server alone: not its log, not its answers', async () => {
  const secrets = { API_KEY: 'kd82-"quoted"-and-long', SHORT: 'abc' }
  await using work = await BridgeAtWork.start({ secrets })
  const client = await work.session()
  const env = await client.request('tools/call', { name: 'env' })
  expect(env.raw).toContain('API_KEY')
  expect(env.raw).not.toContain('kd82')
  await client.call('stderr', { lines: 1, text: `my key is ${secrets.API_KEY}` })
  await until(() => work.log.some((line) => line.includes('my key is')), { what: 'the line' })
  expect(work.log.join('\n')).not.toContain('kd82')
})

test('a server that fills its log fills nothing', async () => {
  await using work = await BridgeAtWork.start()
  const client = await work.session()
  await client.call('stderr', { lines: 20_000, text: 'noise' })
  await client.call('stderr', { lines: 1, text: 'the end' })
  expect(work.log.length).toBeLessThan(2_000)
})

test('what a call leaves running ends with its session', async () => {
  await using work = await BridgeAtWork.start()
  const client = await work.session()
  const orphan = Number(await client.call('orphan'))
  expect(isThere(orphan)).toBe(true)
  await client.delete()
  await until(() => !isThere(orphan), { what: 'the end of the orphan' })
})

test('what is no message is refused with words, and a body that is too large too', async () => {
  await using work = await BridgeAtWork.start({ limits: { bodyBytes: 1000 } })
  const client = await work.session()
  const cases = {
    '{': [400, -32700],
    '[{"jsonrpc":"2.0","id":1,"method":"ping"}]': [400, -32600],
    '{"id":1,"method":"ping"}': [400, -32600],
    '{"jsonrpc":"2.0","id":{},"method":"ping"}': [400, -32600],
    [`{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(2000)}"}`]: [413, -32600],
  } as const
  for (const [body, [status, code]] of Object.entries(cases)) {
    const answer = await client.post(body)
    expect([answer.status, answer.messages[0]?.error?.code], body).toEqual([status, code])
  }
  // Whoever reads the first and whoever reads the last of two ids must not see two requests.
  const twice = await client.post('{"jsonrpc":"2.0","id":"a","method":"ping","id":"b"}')
  expect(twice.messages[0]?.id).toBe('b')
})

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
