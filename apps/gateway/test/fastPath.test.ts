import { connect, type Socket } from 'node:net'
import { RUN_TOKEN_HEADER } from '@errand/contracts'
import { applyDocument } from '@errand/engine'
import { until } from '@errand/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type LiveGateway, type LiveRun, startLiveGateway } from './support/liveGateway.ts'
import { startMcpUpstream } from './support/mcpUpstream.ts'

let gateway: LiveGateway
let upstream: Awaited<ReturnType<typeof startMcpUpstream>>
let run: LiveRun
const sockets: Socket[] = []
beforeAll(async () => {
  gateway = await startLiveGateway()
  upstream = await startMcpUpstream()
  const spec = JSON.stringify({ type: 'remote', url: upstream.url, private: true })
  await applyDocument(gateway.owner, { source: `kind: McpServer\nname: notes\nspec: ${spec}\n` }, gateway.engine)
  await gateway.addAgent('worker', { mcp: [{ server: 'notes', rules: [], otherwise: 'allow' }] })
  run = await gateway.run({ agent: 'worker' })
})
afterEach(() => {
  upstream.misbehave(null)
  for (const socket of sockets.splice(0)) socket.destroy()
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

/** A connection through the door of a run, over which a test says each byte. */
function door(of = run): { readonly socket: Socket; readonly said: () => string } {
  let said = ''
  const socket = connect(of.socketPath)
  sockets.push(socket)
  socket.on('data', (chunk) => (said += chunk.toString()))
  socket.on('error', () => undefined)
  return { socket, said: () => said }
}

const message = (id: number) => JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: `t${id}` } })
const head = (body: string, ...more: readonly string[]) =>
  ['POST /mcp/notes HTTP/1.1', 'host: localhost', `${RUN_TOKEN_HEADER}: ${run.token}`, ...more].join('\r\n') +
  `\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
const call = (id: number, ...more: readonly string[]) => head(message(id), ...more) + message(id)
const count = (text: string, part: string) => text.split(part).length - 1

describe('a connection of a sandbox', () => {
  test('has each call answered, in one piece or in many, and those that come together in their order', async () => {
    const { socket, said } = door()
    socket.write(call(1))
    await until(() => said().includes('called t1'))
    for (const piece of call(2)) {
      socket.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await until(() => said().includes('called t2'))
    socket.write(call(3) + call(4) + call(5))
    await until(() => said().includes('called t5'))
    expect(said().match(/called t\d/g)).toEqual(['called t1', 'called t2', 'called t3', 'called t4', 'called t5'])
    expect(count(said(), 'HTTP/1.1 200 OK\r\n')).toBe(5)
    expect(count(said(), 'connection: keep-alive\r\n') + count(said(), 'Connection: keep-alive\r\n')).toBe(5)
  })

  test('may have other things asked over it before, between and afterwards', async () => {
    const { socket, said } = door()
    const other = `GET /nothing HTTP/1.1\r\nhost: localhost\r\n\r\n`
    socket.write(call(1) + other + call(2))
    await until(() => said().includes('called t2'))
    expect(said().indexOf('called t1')).toBeLessThan(said().indexOf('404 Not Found'))
    expect(said().indexOf('404 Not Found')).toBeLessThan(said().indexOf('called t2'))
    const parts = message(3)
    socket.write(
      head('').replace('content-length: 0', 'transfer-encoding: chunked') +
        `${parts.length.toString(16)}\r\n${parts}\r\n0\r\n\r\n`,
    )
    await until(() => said().includes('called t3'))
  })

  test('goes on after an answer in parts', async () => {
    const { socket, said } = door()
    upstream.misbehave((response, received) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id: received?.id, result: { first: true } })}\n\n`)
      response.end()
    })
    socket.write(call(1))
    await until(() => said().includes('"first":true') && said().endsWith('0\r\n\r\n'))
    upstream.misbehave(null)
    socket.write(call(2))
    await until(() => said().includes('called t2'))
    socket.write(call(3))
    await until(() => said().includes('called t3'))
  })

  test('is refused what can be read in two ways', async () => {
    for (const line of ['transfer-encoding: chunked', 'content-length: 3', 'x-a: 1\nx-b: 2', 'x-a : 1', ' goes on']) {
      const { socket, said } = door()
      const calls = upstream.calls().length
      socket.write(call(1, line))
      await until(() => said().startsWith('HTTP/1.1 400 Bad Request'))
      await until(() => socket.destroyed || socket.readableEnded)
      expect(upstream.calls()).toHaveLength(calls)
    }
  })

  test('that is not read from is answered no more, and in the end all is there', async () => {
    const [socket, calls, sent] = [connect(run.socketPath), upstream.calls().length, 400]
    sockets.push(socket)
    upstream.misbehave((response, received) => {
      const result = { content: [{ type: 'text', text: `${'x'.repeat(20_000)} done` }] }
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ jsonrpc: '2.0', id: received?.id, result }))
    })
    for (let id = 0; id < sent; id++) socket.write(call(id))
    await until(() => upstream.calls().length > calls + 5)
    for (let turn = 0; turn < 500; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(upstream.calls().length - calls).toBeLessThan(sent / 2)
    let done = 0
    socket.on('data', (chunk) => (done += count(chunk.toString(), 'HTTP/1.1 200 OK')))
    await until(() => done >= sent - 5 && upstream.calls().length === calls + sent)
  })

  test('that is shut in the middle of a call ends it at the server too', async () => {
    let isGone = false
    upstream.misbehave((response) => response.once('close', () => (isGone = true)))
    const calls = upstream.calls().length
    const { socket } = door()
    socket.write(call(1))
    await until(() => upstream.calls().length > calls)
    socket.destroy()
    await until(() => isGone)
  })

  test('with somebody else’s token gets nothing', async () => {
    const another = await gateway.run({ agent: 'worker' })
    const calls = upstream.calls().length
    const { socket, said } = door(another)
    socket.write(call(1))
    await until(() => said().includes('token.elsewhere'))
    expect(upstream.calls()).toHaveLength(calls)
  })
})

test('a gateway that stops closes what rests, and lets nobody wait', async () => {
  const other = await startLiveGateway()
  const spec = JSON.stringify({ type: 'remote', url: upstream.url, private: true })
  await applyDocument(other.owner, { source: `kind: McpServer\nname: notes\nspec: ${spec}\n` }, other.engine)
  await other.addAgent('worker', { mcp: [{ server: 'notes', rules: [], otherwise: 'allow' }] })
  const its = await other.run({ agent: 'worker' })
  const [resting, fresh, busy] = [door(its), door(its), door(its)]
  const asked = call(1).replace(run.token, its.token)
  resting.socket.write(asked)
  await until(() => resting.said().includes('called t1'))
  upstream.misbehave(() => undefined)
  const calls = upstream.calls().length
  busy.socket.write(asked)
  await until(() => upstream.calls().length > calls)
  await other.close()
  for (const { socket } of [resting, fresh, busy]) await until(() => socket.destroyed || socket.readableEnded)
  expect(busy.said()).toContain('HTTP/1.1 200 OK')
})
