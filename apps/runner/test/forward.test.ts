import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import {
  AGAIN_HEADER,
  COMMAND_HEADER,
  FAULT_HEADER,
  type FaultCode,
  HELD_HEADER,
  HELD_SENT,
  RUN_TOKEN_HEADER,
} from '@errand/contracts'
import { type FakeGateway, startFakeGateway, until } from '@errand/testkit'
import { spawn } from 'node:child_process'
import { systemClock } from '../clock.ts'
import { type Forwarder, startForwarder } from '../forward/forwarder.ts'
import { aSpec } from './startRunner.ts'

let gateway: FakeGateway
let forwarder: Forwarder
const refused: (FaultCode | null)[] = []
const closing: (() => Promise<void> | void)[] = []

async function start(modelUrl?: string): Promise<void> {
  gateway = await startFakeGateway({ spec: aSpec(), ...(modelUrl === undefined ? {} : { modelUrl }) })
  forwarder = await startForwarder({
    gateway: { kind: 'socket', path: gateway.socketPath },
    token: gateway.token,
    clock: systemClock,
    onModelAnswered: (code) => refused.push(code),
  })
  closing.push(
    () => forwarder.close(),
    () => gateway.close(),
  )
}
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  refused.length = 0
})

/** A server in the model's place. */
async function startModel(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer({ requestTimeout: 0 }, answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`
}

test('a model call gets the token, loses the agent’s own credentials, and streams both ways as it comes', async () => {
  const headers: IncomingMessage['headers'][] = []
  const url = await startModel((incoming, outgoing) => {
    headers.push(incoming.headers)
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
    incoming.on('data', (chunk: Buffer) => outgoing.write(`echo ${chunk.toString()}`))
    incoming.on('end', () => outgoing.end())
  })
  await start(url)
  const chunks: string[] = []
  const call = request(`${forwarder.origin}/llm/v1/messages`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer mine',
      'x-api-key': 'mine',
      'x-errand-run-token': 'forged',
      'anthropic-beta': 'b',
    },
  })
  let isOver = false
  call.on('response', (answer) => {
    answer.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
    answer.on('end', () => (isOver = true))
  })
  call.write('one')
  await until(() => chunks.join('') === 'echo one')
  call.write('two')
  await until(() => chunks.join('') === 'echo oneecho two')
  call.end()
  await until(() => isOver)
  expect(gateway.forwarded[0]?.headers).toMatchObject({ [RUN_TOKEN_HEADER]: gateway.token, 'anthropic-beta': 'b' })
  expect(gateway.forwarded[0]?.headers).not.toHaveProperty('authorization')
  expect(gateway.forwarded[0]?.headers).not.toHaveProperty('x-api-key')
})

test('an end on either side ends the other', async () => {
  let isGone = false
  const url = await startModel((incoming, outgoing) => {
    outgoing.writeHead(200).write('first')
    outgoing.on('close', () => (isGone = true))
    if (incoming.url === '/cut') setTimeout(() => outgoing.destroy(), 20)
  })
  await start(url)
  const call = request(`${forwarder.origin}/llm/v1/messages`, { method: 'POST' })
  call.on('error', () => undefined)
  call.on('response', (answer) => answer.once('data', () => call.destroy()))
  call.end()
  await until(() => isGone)

  const cut = request(`${forwarder.origin}/llm/cut`)
  const ended = new Promise<string>((resolve) =>
    cut.on('response', (answer) => answer.on('error', (error) => resolve(error.message)).resume()),
  )
  cut.end()
  expect(await ended).toContain('aborted')
})

describe('no way of writing a path leads to the runner’s own endpoints', () => {
  const paths = [
    '/runner/v1/spec',
    '/llm/../runner/v1/spec',
    '/llm/%2e%2e/runner/v1/spec',
    '/git/..%2frunner/v1/spec',
    '//runner/v1/spec',
    '/llm/..\\runner\\v1\\spec',
    '/llm',
    '/',
    '/RUNNER/v1/spec',
    '/llmx/v1/messages',
    '/llm//../../runner/v1/spec',
    '*',
  ]
  test.each(paths)('%s', async (path) => {
    await start(await startModel((_incoming, outgoing) => outgoing.end('model')))
    const answer = await ask({ path })
    expect(answer.status).toBe(404)
    expect(gateway.forwarded).toEqual([])
  })
})

describe('proxy', () => {
  test('traffic in absolute form goes on with the token and with the command that asks', async () => {
    await start()
    const curl = spawn('curl', ['-s', '--max-time', '5', '-x', forwarder.origin, 'http://example.org/path?q=1'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'] ?? '' },
    })
    const chunks: Buffer[] = []
    for await (const chunk of curl.stdout) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString()).toBe('proxied http://example.org/path?q=1')
    const [seen] = gateway.forwarded
    expect(seen?.headers[RUN_TOKEN_HEADER]).toBe(gateway.token)
    expect(Buffer.from(String(seen?.headers[COMMAND_HEADER]), 'base64url').toString()).toContain(
      'http://example.org/path?q=1',
    )
  })

  test('CONNECT opens a tunnel that carries bytes both ways', async () => {
    await start()
    const socket = connect(forwarder.port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
    socket.write('CONNECT open.example.org:443 HTTP/1.1\r\nhost: open.example.org:443\r\n\r\nearly ')
    await until(() => text.endsWith('early '))
    socket.write('late')
    await until(() => text.endsWith('early late'))
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
    socket.destroy()
  })

  test('a refusal of the gateway comes back with its words', async () => {
    await start()
    const socket = connect(forwarder.port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
    socket.write('CONNECT shut.example.org:443 HTTP/1.1\r\nhost: shut.example.org:443\r\n\r\n')
    await until(() => text.includes('egress.host-denied'))
    expect(text).toMatch(/^HTTP\/1\.1 403 /)
    socket.destroy()
  })

  test('a program that asks the proxy for the proxy itself is understood', async () => {
    await start(await startModel((_incoming, outgoing) => outgoing.end('model')))
    expect(await ask({ path: `${forwarder.origin}/llm/v1/messages` })).toMatchObject({ status: 200, text: 'model' })
    expect((await ask({ path: `${forwarder.origin}/runner/v1/spec` })).status).toBe(404)
  })
})

test('a call that has not left waits for a gateway that is starting again', async () => {
  await start(await startModel((_incoming, outgoing) => outgoing.end('model')))
  await gateway.stop()
  const answer = ask({ path: '/llm/v1/messages' })
  await gateway.start()
  expect(await answer).toMatchObject({ status: 200, text: 'model' })
})

test('a tunnel that is not open yet waits for a gateway that is starting again', async () => {
  await start()
  await gateway.stop()
  const socket = connect(forwarder.port, '127.0.0.1')
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
  socket.write('CONNECT open.example.org:443 HTTP/1.1\r\nhost: open.example.org:443\r\n\r\nearly')
  await gateway.start()
  await until(() => text.endsWith('early'))
  expect(text).toMatch(/^HTTP\/1\.1 200 /)
  socket.destroy()
})

/** A gateway that does with one call after the other as it is told. */
async function answers(...does: Parameters<typeof createServer>[1][]): Promise<IncomingMessage[]> {
  const folder = await mkdtemp(join(tmpdir(), 'errand-forward-'))
  const path = join(folder, 'gateway.sock')
  const calls: IncomingMessage[] = []
  const server = createServer((incoming, outgoing) => does[calls.push(incoming) - 1]?.(incoming, outgoing))
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const at = { kind: 'socket', path } as const
  forwarder = await startForwarder({ gateway: at, token: 'run-token', clock: systemClock, onModelAnswered: () => {} })
  closing.push(
    () => forwarder.close(),
    () => {
      server.close()
      server.closeAllConnections()
    },
    () => rm(folder, { recursive: true }),
  )
  return calls
}

describe('a call of MCP whose gateway dies in its middle', () => {
  const body = '{"jsonrpc":"2.0","id":1,"method":"tools/call"}'
  const path = '/mcp/tracker'
  const saysAgain = ({ headers }: IncomingMessage) => headers[AGAIN_HEADER]

  test('is told to the next, whose answer it gets; from then on calls are marked', async () => {
    const bodies: string[] = []
    const answer = (incoming: IncomingMessage, outgoing: ServerResponse) =>
      void text(incoming).then((said) => {
        bodies.push(said)
        outgoing.writeHead(200, { [FAULT_HEADER]: 'mcp.cut-off' }).end('nobody knows')
      })
    const die = (incoming: IncomingMessage) => incoming.on('data', () => incoming.destroy())
    const calls = await answers(answer, die, die, answer, answer)
    for (const expected of ['nobody knows', 'nobody knows', 'nobody knows'])
      expect((await ask({ path, method: 'POST', body })).text).toBe(expected)
    // The first was refused already.
    expect(calls.map(saysAgain)).toEqual([undefined, 'careful', 'cut', 'cut', 'careful'])
    expect(bodies).toEqual([body, body, body])
  })

  test('and had begun to answer is cut', async () => {
    const calls = await answers((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-length': 100 })
      outgoing.write('{', () => outgoing.destroy())
    })
    await expect(ask({ path, method: 'POST', body })).rejects.toThrow('aborted')
    expect(calls).toHaveLength(1)
  })

  test('and is longer than any that a gateway takes is not made again', async () => {
    const calls = await answers((incoming, outgoing) => incoming.on('end', () => outgoing.destroy()).resume())
    const { status } = await ask({ path, method: 'POST', body: 'x'.repeat(5 * 1024 * 1024) })
    expect([status, calls.length]).toEqual([502, 1])
  })
})

describe('a call that waits at the gateway for a person', () => {
  const held = { 'content-type': 'text/event-stream', [HELD_HEADER]: 'yes' }

  const hold = (_incoming: IncomingMessage, outgoing: ServerResponse) => {
    outgoing.writeHead(200, held)
    outgoing.write(': waits\n\n', () => outgoing.destroy())
  }

  test('is made again where one gateway dies that held it, and another as it takes the call', async () => {
    const calls = await answers(
      hold,
      (incoming) => incoming.destroy(),
      (_incoming, outgoing) => {
        outgoing.writeHead(200, held)
        outgoing.end(`${HELD_SENT}\n\ndata: {"id":1}\n\n`)
      },
    )
    const { text } = await ask({ path: '/mcp/signed' })
    expect(text).toBe(`: waits\n\n${HELD_SENT}\n\ndata: {"id":1}\n\n`)
    expect(calls.map(({ headers }) => headers[AGAIN_HEADER])).toEqual([undefined, 'held', 'held'])
  })

  test('and was sent on before its gateway died is not made again', async () => {
    const calls = await answers((_incoming, outgoing) => {
      outgoing.writeHead(200, held)
      outgoing.write(`${HELD_SENT}\n\n`, () => outgoing.destroy())
    })
    await expect(ask({ path: '/mcp/signed' })).rejects.toThrow('aborted')
    expect(calls).toHaveLength(1)
  })
})

test('the reason of a refused model call stays with the runner', async () => {
  await start(
    await startModel((_incoming, outgoing) => {
      outgoing.writeHead(402, { 'x-errand-code': 'run.budget' })
      outgoing.end('{}')
    }),
  )
  const answer = await ask({ path: '/llm/v1/messages' })
  expect(answer.status).toBe(402)
  expect(answer.headers).not.toHaveProperty('x-errand-code')
  expect(refused).toEqual(['run.budget'])
})

function ask({
  path,
  method = 'GET',
  body,
}: {
  path: string
  method?: string
  body?: string
}): Promise<{ status: number; text: string; headers: IncomingMessage['headers'] }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: forwarder.port, path, method }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString(), headers: answer.headers }),
      )
    })
    call.on('error', reject)
    call.end(body)
  })
}
