import { spawn } from 'node:child_process'
import type { ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { type Again, AGAIN_HEADER } from '@errand/contracts'
import { applyDocument, listMcpCallsOfRun } from '@errand/engine'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type LiveGateway, type LiveRun, startLiveGateway } from './support/liveGateway.ts'
import { startMcpUpstream } from './support/mcpUpstream.ts'

type Upstream = Awaited<ReturnType<typeof startMcpUpstream>>
let gateway: LiveGateway
let bad: Upstream
let good: Upstream
let run: LiveRun
beforeAll(async () => {
  gateway = await startLiveGateway()
  ;[bad, good] = await Promise.all([startMcpUpstream(), startMcpUpstream()])
  // What is cut off for its silence is `silent`; whatever else is wrong with an answer has all the time that a slow machine takes.
  for (const [name, { url }, callSeconds] of [
    ['bad', bad, 120],
    ['silent', bad, 2],
    ['good', good, 120],
  ] as const) {
    const spec = JSON.stringify({ type: 'remote', url, private: true, callSeconds })
    await applyDocument(gateway.owner, { source: `kind: McpServer\nname: ${name}\nspec: ${spec}\n` }, gateway.engine)
  }
  const mcp = ['bad', 'silent', 'good'].map((server) => ({ server, rules: [], otherwise: 'allow' as const }))
  await gateway.addAgent('worker', { mcp })
  run = await gateway.run({ agent: 'worker' })
})
beforeEach(() => {
  for (const one of [bad, good]) {
    one.seen.length = 0
    one.misbehave(null)
  }
})
afterAll(async () => {
  await Promise.all([bad.close(), good.close()])
  await gateway.close()
})

interface Asked {
  readonly id?: number
  readonly toolUseId?: string
  readonly again?: Again
  readonly of?: LiveRun
  readonly onChunk?: (chunk: Buffer) => void
  readonly signal?: AbortSignal
}

const call = (server: string, { id = 7, toolUseId, again, of = run, ...more }: Asked = {}) =>
  of.asAgent({
    method: 'POST',
    path: `/mcp/${server}`,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(again === undefined ? {} : { [AGAIN_HEADER]: again }),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name: 'read', _meta: toolUseId === undefined ? {} : { 'claudecode/toolUseId': toolUseId } },
    }),
    ...more,
  })

const EVENTS = { 'content-type': 'text/event-stream' }
const JSON_TYPE = { 'content-type': 'application/json' }
const MIB = 2 ** 20

/** Writes as fast as it is taken. */
function flood(response: ServerResponse, chunk: string): void {
  const go = () => {
    while (!response.destroyed && response.write(chunk));
  }
  response.on('drain', go)
  go()
}

describe('whatever one server does, the run hears of it in words, and another server answers meanwhile', () => {
  test.each([
    ['says nothing at all', /took longer|time/i, () => undefined],
    [
      'floods with events and never answers',
      /far too long/i,
      (response: ServerResponse) => {
        response.writeHead(200, EVENTS)
        flood(
          response,
          `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { data: 'x'.repeat(64_000) } })}\n\n`,
        )
      },
    ],
    [
      'closes in the middle of its answer',
      /broke off|connection|cut/i,
      (response: ServerResponse) => {
        response.writeHead(200, JSON_TYPE)
        response.write('{"jsonrpc":"2.0","id":7,')
        setImmediate(() => response.destroy())
      },
    ],
    [
      'closes in the middle of a stream',
      /broke off|connection|cut/i,
      (response: ServerResponse) => {
        response.writeHead(200, EVENTS)
        response.write('event: message\ndata: {"jsonrpc":')
        setImmediate(() => response.destroy())
      },
    ],
    [
      'promises more than it sends',
      /broke off|connection|cut/i,
      (response: ServerResponse) => {
        response.socket?.end(
          'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n{"jsonrpc":"2.0"}',
        )
      },
    ],
    [
      'sends more than it promised',
      /broke off|connection|cut/i,
      (response: ServerResponse) => {
        response.socket?.end(
          'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n{"jsonrpc":"2.0","id":7,"result":{}}',
        )
      },
    ],
    [
      'speaks no HTTP',
      /broke off|connection|cut/i,
      (response: ServerResponse) => response.socket?.end('SSH-2.0-OpenSSH\r\n'),
    ],
  ] as const)('%s', async (name, words, how) => {
    bad.misbehave(how as never)
    const asked = call(name === 'says nothing at all' ? 'silent' : 'bad')
    expect((await call('good')).text).toContain('called read')
    const { text } = await asked
    expect(text).toContain('"isError":true')
    expect(text.slice(-2_000)).toMatch(words)
  })

  test('one line of 20 MB goes through as it is, without being held', async () => {
    const line = JSON.stringify({
      jsonrpc: '2.0',
      id: 7,
      result: { content: [{ type: 'text', text: 'y'.repeat(20 * MIB) }] },
    })
    bad.misbehave((response) => response.writeHead(200, EVENTS).end(`event: message\ndata: ${line}\n\n`))
    const [big, small] = await Promise.all([call('bad'), call('good')])
    expect(big.text).toBe(`event: message\ndata: ${line}\n\n`)
    expect(small.text).toContain('called read')
  })

  test('a list of tools that does not end is cut with words', async () => {
    bad.misbehave((response) => {
      response.writeHead(200, JSON_TYPE)
      flood(response, 'z'.repeat(MIB))
    })
    const { status, text } = await run.asAgent({
      method: 'POST',
      path: '/mcp/bad',
      headers: JSON_TYPE,
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    })
    expect([status, text]).toEqual([502, expect.stringContaining('mcp.cut-off')])
  })
})

test('two hundred sessions at once: each gets its own answers, one server’s silence holds up none', async () => {
  bad.misbehave(() => undefined)
  good.misbehave((response, message, seen) => {
    if (message?.method === 'initialize') return good.answer(response, message)
    // Each answer says to whom it is.
    const text = `${String(message?.id)} of ${String(seen.headers['mcp-session-id'])}`
    response
      .writeHead(200, JSON_TYPE)
      .end(JSON.stringify({ jsonrpc: '2.0', id: message?.id, result: { content: [{ type: 'text', text }] } }))
  })
  const gone = new AbortController()
  const stuck = Array.from({ length: 20 }, () => call('bad', { signal: gone.signal }).catch(() => null))
  const answers = await Promise.all(Array.from({ length: 200 }, (_, id) => call('good', { id })))
  expect(answers.map(({ text }) => (JSON.parse(text) as { id: number }).id)).toEqual(answers.map((_, id) => id))
  gone.abort()
  await Promise.all(stuck)
})

test('a run that is over calls nothing more, however fresh its token is remembered', async () => {
  const over = await gateway.run({ agent: 'worker' })
  expect((await call('good', { of: over, toolUseId: 'toolu_alive' })).text).toContain('called read')
  await over.end()
  // Where it is asked about in the database, at once; else when the word of the end is there.
  const late = await call('good', { of: over, toolUseId: 'toolu_late', again: 'careful' })
  expect(late.text).not.toContain('called read')
  await until(async () => (await call('good', { of: over })).status === 401, { what: 'the refusal' })
  expect(good.seen.filter(({ body }) => body.includes('toolu_late'))).toEqual([])
})

test('a gateway that is killed in the middle of a call: it is on record, and never made a second time', async () => {
  await gateway.stop()
  const child = spawn(process.execPath, [fileURLToPath(new URL('support/gatewayToKill.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(`${JSON.stringify(gateway.place)}\n`)
  await new Promise((resolve) => child.stdout.once('data', resolve))
  const uses = ['toolu_killed', 'toolu_brought']
  const over = async () =>
    (await listMcpCallsOfRun(gateway.owner, run.runId, gateway.engine)).filter(({ toolUseId }) =>
      uses.includes(toolUseId ?? ''),
    )
  // An answer that was there says nothing about what the database knew of it.
  expect((await call('good', { toolUseId: 'toolu_answered' })).text).toContain('called read')
  bad.misbehave(() => undefined)
  const cut = Promise.allSettled(uses.map((toolUseId) => call('bad', { toolUseId })))
  await until(() => bad.calls().length === 2, { what: 'the calls at the server' })
  child.kill('SIGKILL')
  expect((await cut).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await gateway.restart()
  expect(await over()).toEqual([])
  bad.misbehave(null)
  // As its runner does. The gateway that was killed need not be known to be dead.
  const brought = await call('bad', { toolUseId: 'toolu_brought', again: 'cut' })
  expect(brought.text).toContain('"isError":true')
  expect(brought.text).toContain('sent before')
  await until(async () => (await over()).length === 1, { what: 'the record of what was brought' })
  // Nothing is heard of it for longer than a gateway is silent.
  await gateway.engine.db.pool.query(`update gateways set seen_at = seen_at - interval '21 seconds'`)
  const ends = new Map((await over()).map(({ toolUseId, code }) => [toolUseId, code]))
  expect(ends).toEqual(new Map(uses.map((toolUseId) => [toolUseId, 'mcp.cut-off'])))
  const all = await listMcpCallsOfRun(gateway.owner, run.runId, gateway.engine)
  expect(all.filter(({ toolUseId }) => toolUseId === 'toolu_answered')).toHaveLength(1)
  for (const toolUseId of uses)
    expect((await call('bad', { toolUseId, again: 'careful' })).text).toContain('sent before')
  expect(bad.calls()).toHaveLength(2)
  expect((await call('bad', { toolUseId: 'toolu_other', again: 'careful' })).text).toContain('called read')
})

test('a call that was cut before its gateway knew of it is not made either; one that changes nothing is', async () => {
  const unsure = await call('good', { toolUseId: 'toolu_unheard', again: 'cut' })
  expect(unsure.text).toContain('started again in its middle')
  expect((await call('good', { again: 'cut' })).text).toContain('started again in its middle')
  expect(good.calls()).toHaveLength(0)
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
  const headers = { 'content-type': 'application/json', [AGAIN_HEADER]: 'cut' }
  const listed = await run.asAgent({ method: 'POST', path: '/mcp/good', headers, body: JSON.stringify(list) })
  expect(listed.text).toContain('"tools"')
})
