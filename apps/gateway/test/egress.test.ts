import { createServer as createHttpServer, request as httpRequest } from 'node:http'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import type { NetworkLevel } from '@errand/contracts'
import { until } from '@errand/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ConnectDeps } from '../egress/connect.ts'
import { startTrafficGateway, type TrafficGateway } from './support/trafficGateway.ts'

/** A public address in the eyes of the policy; the test's dial leads to our server on loopback instead. */
const PUBLIC = '93.184.216.34'

let gateway: TrafficGateway
let web: Server
let echo: Server
const seen: { url: string; headers: Record<string, unknown>; body: string }[] = []

beforeAll(async () => {
  web = createHttpServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ url: request.url ?? '', headers: request.headers, body })
      response.writeHead(200, 'Fine', { 'x-upstream': 'yes', 'content-type': 'text/plain' }).end(`got ${body.length}`)
    })
  })
  // Says what it got only once the other side has ended: that is what half-closing is for.
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    let size = 0
    socket.on('data', (chunk: Buffer) => (size += chunk.length))
    socket.on('end', () => socket.end(`got ${size}`))
    socket.on('error', () => socket.destroy())
  })
  await Promise.all([web, echo].map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))))
})
afterAll(async () => {
  await Promise.all([web, echo].map((server) => new Promise((resolve) => server.close(resolve))))
})
afterEach(() => gateway.close())

const portOf = (server: Server) => (server.address() as AddressInfo).port

/** Names and their addresses in turn; every dial goes to `server`. */
function world(server: Server, names: Readonly<Record<string, readonly (readonly string[])[]>> = {}) {
  const dialled: string[] = []
  const asked = new Map<string, number>()
  const network: ConnectDeps = {
    async resolve(host) {
      const turn = asked.get(host) ?? 0
      asked.set(host, turn + 1)
      const answers = names[host] ?? [[PUBLIC]]
      return answers[Math.min(turn, answers.length - 1)] ?? []
    },
    async dial({ host, port, addresses }) {
      dialled.push(`${host}:${port} ${addresses.join()}`)
      return connect({ host: '127.0.0.1', port: portOf(server), allowHalfOpen: true })
    },
  }
  return { network, dialled, asked }
}

interface Opened {
  readonly status: string
  readonly socket: Socket
  /** All that came after the status line. */
  readonly rest: () => string
}

async function open(port: number, authority: string): Promise<Opened> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  let received = ''
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n\r\n`)
  const status = await until(() => /^HTTP\/1\.1 (.*)\r\n/.exec(received)?.[1], { what: 'an answer to CONNECT' })
  return { status, socket, rest: () => received.slice(received.indexOf('\r\n') + 2) }
}

const blockedEvents = () => gateway.events.filter(({ type }) => type === 'egress.blocked')

describe('levels', () => {
  const TABLE: Record<NetworkLevel, Record<string, boolean>> = {
    none: { 'agent.example:443': false, 'trusted.example:443': false, 'other.example:443': false },
    custom: {
      'agent.example:443': true,
      'sub.agent.example:443': false,
      'agent.example:22': false,
      'trusted.example:443': false,
    },
    trusted: {
      'agent.example:443': true,
      'trusted.example:443': true,
      'files.registry.example:443': true,
      'other.example:443': false,
    },
    full: { 'other.example:443': true, 'other.example:8443': true },
  }
  const rows = Object.entries(TABLE).flatMap(([level, hosts]) =>
    Object.entries(hosts).map(([host, isAllowed]) => ({ level, host, isAllowed })),
  )

  test.each(rows)('$level: $host allowed: $isAllowed', async ({ level, host, isAllowed }) => {
    const { network, dialled } = world(echo)
    gateway = await startTrafficGateway({ network, org: { trustedHosts: ['trusted.example', '*.registry.example'] } })
    const run = await gateway.run({ network: level as NetworkLevel, hosts: ['agent.example'] })
    const { status, socket } = await open(run.port, host)
    expect(status.slice(0, 3)).toBe(isAllowed ? '200' : '403')
    expect(dialled).toHaveLength(isAllowed ? 1 : 0)
    expect(gateway.events.map(({ type }) => type)).toEqual([isAllowed ? 'egress.allowed' : 'egress.blocked'])
    socket.destroy()
  })
})

describe('addresses', () => {
  test.each([
    '127.0.0.1:5432',
    'localhost:80',
    '[::1]:80',
    '0x7f.1:80',
    '2130706433:80',
    '10.1.2.3:443',
    '169.254.169.254:80',
    '[::ffff:169.254.169.254]:80',
    '[fd00::1]:443',
    '0.0.0.0:80',
  ])('%s is refused at every level and nothing is dialled', async (authority) => {
    const { network, dialled } = world(echo, { localhost: [['127.0.0.1', '::1']] })
    const resolve = async (host: string) => (/^[\d.]+$|:/.test(host) ? [host] : network.resolve(host))
    gateway = await startTrafficGateway({ network: { ...network, resolve } })
    const run = await gateway.run({ network: 'full' })
    const { status, socket } = await open(run.port, authority)
    expect(status).toMatch(/^403 /)
    expect(dialled).toEqual([])
    expect(blockedEvents()).toEqual([expect.objectContaining({ code: 'egress.address-private' })])
    socket.destroy()
  })

  test('a name with one private address among public ones is refused', async () => {
    const { network, dialled } = world(echo, { 'mixed.example': [[PUBLIC, '192.168.1.1']] })
    gateway = await startTrafficGateway({ network })
    const run = await gateway.run({ network: 'full' })
    expect((await open(run.port, 'mixed.example:443')).status).toContain('resolves to 192.168.1.1')
    expect(dialled).toEqual([])
  })

  test('a name that changes to a private address is asked once a connection, and only what was judged is dialled', async () => {
    const { network, dialled, asked } = world(echo, { 'rebind.example': [[PUBLIC], ['127.0.0.1']] })
    gateway = await startTrafficGateway({ network })
    const run = await gateway.run({ network: 'full' })
    const first = await open(run.port, 'rebind.example:443')
    expect(first.status).toMatch(/^200/)
    expect(asked.get('rebind.example')).toBe(1)
    const second = await open(run.port, 'rebind.example:443')
    expect(second.status).toMatch(/^403/)
    expect(dialled).toEqual([`rebind.example:443 ${PUBLIC}`])
    first.socket.destroy()
    second.socket.destroy()
  })

  test('a private host that the owner opened is reached at exactly its port, and at the level that allows it', async () => {
    const { network } = world(echo, { 'build.lan': [['10.0.0.7']] })
    gateway = await startTrafficGateway({ network, org: { privateHosts: ['build.lan:8080'] } })
    const run = await gateway.run({ network: 'custom', hosts: ['build.lan:8080', 'build.lan:9090'] })
    const other = await gateway.run({ network: 'custom', hosts: [] })
    expect((await open(run.port, 'build.lan:8080')).status).toMatch(/^200/)
    expect((await open(run.port, 'build.lan:9090')).status).toMatch(/^403/)
    expect((await open(other.port, 'build.lan:8080')).status).toMatch(/^403/)
  })
})

describe('a blocked host', () => {
  test('is named to the program in status line, header and body, and to the person with the command that asked', async () => {
    const { network } = world(echo)
    gateway = await startTrafficGateway({ network })
    const run = await gateway.run({ network: 'custom' }, 'curl -sS https://evil.example/x\nsecond line')
    const { status, socket, rest } = await open(run.port, 'evil.example:443')
    expect(status).toBe('403 Refused by Errand: evil.example:443: it is not among the hosts of the agent.')
    await until(() => rest().includes('Add it to `hosts` of the agent'))
    expect(rest()).toContain('x-errand-fault: egress.host-denied')
    expect(gateway.events).toEqual([
      {
        type: 'egress.blocked',
        host: 'evil.example',
        port: 443,
        code: 'egress.host-denied',
        command: 'curl -sS https://evil.example/x second line',
      },
    ])
    socket.destroy()
  })

  test('fills the log once, however often it is tried', async () => {
    const { network } = world(echo)
    gateway = await startTrafficGateway({ network })
    const run = await gateway.run({ network: 'custom' }, 'npm install')
    for (let turn = 0; turn < 5; turn++) (await open(run.port, 'evil.example:443')).socket.destroy()
    expect(gateway.events).toHaveLength(1)
  })

  test('is refused over plain http as well', async () => {
    const { network } = world(web)
    gateway = await startTrafficGateway({ network })
    const run = await gateway.run({ network: 'custom' })
    const answer = await plain(run.port, 'http://evil.example/x', {})
    expect(answer).toMatchObject({
      status: 403,
      fault: 'egress.host-denied',
      body: expect.stringContaining('not on the run’s allow-list'),
    })
  })
})

describe('a tunnel', () => {
  test('carries a megabyte up, lets one side end first, and brings the answer back', async () => {
    const { network } = world(echo)
    gateway = await startTrafficGateway({ network })
    const run = await gateway.run({ network: 'full' })
    const { socket, rest } = await open(run.port, 'a.example:443')
    socket.end(Buffer.alloc(1_000_000, 1))
    await until(() => rest().endsWith('got 1000000'))
  })

  test('to the same host is one event, however many there are', async () => {
    const { network } = world(echo)
    gateway = await startTrafficGateway({ network })
    const run = await gateway.run({ network: 'full' }, 'npm ci')
    const opened = await Promise.all(Array.from({ length: 10 }, () => open(run.port, 'a.example:443')))
    expect(gateway.events).toEqual([{ type: 'egress.allowed', host: 'a.example', port: 443, command: 'npm ci' }])
    for (const { socket } of opened) socket.destroy()
  })

  test('through which nothing goes is closed', async () => {
    const { network } = world(echo)
    gateway = await startTrafficGateway({ network, idleMs: 50 })
    const run = await gateway.run({ network: 'full' })
    const { socket } = await open(run.port, 'a.example:443')
    await until(() => socket.readableEnded || socket.destroyed, { what: 'the idle tunnel to close' })
  })

  test('ends when its host breaks off', async () => {
    const breaks = createServer((socket) => void socket.once('data', () => socket.resetAndDestroy()))
    await new Promise<void>((resolve) => breaks.listen(0, '127.0.0.1', resolve))
    const { network } = world(breaks)
    gateway = await startTrafficGateway({ network })
    const run = await gateway.run({ network: 'full' })
    const { socket } = await open(run.port, 'a.example:443')
    socket.write('x')
    await until(() => socket.readableEnded || socket.destroyed, { what: 'the broken tunnel to close' })
    await new Promise((resolve) => breaks.close(resolve))
  })

  test('to a host that is not there says so, and is not an event', async () => {
    const refuse = () => Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }))
    gateway = await startTrafficGateway({ network: { ...world(echo).network, dial: refuse } })
    const run = await gateway.run({ network: 'full' })
    expect((await open(run.port, 'a.example:443')).status).toBe(
      '502 Refused by Errand: a.example:443: nothing listens there.',
    )
    expect(gateway.events).toEqual([])
  })

  test.each(['nonsense', 'a.example', 'a.example:0', 'user@a.example:443'])(
    'is not opened to %j',
    async (authority) => {
      gateway = await startTrafficGateway({ network: world(echo).network })
      const run = await gateway.run({ network: 'full' })
      expect((await open(run.port, authority)).status).toMatch(/^400/)
    },
  )
})

describe('plain http', () => {
  test('goes through with method, path, body and answer, and without anything of ours', async () => {
    seen.length = 0
    const { network, dialled } = world(web)
    gateway = await startTrafficGateway({ network })
    const run = await gateway.run({ network: 'custom', hosts: ['files.example'] }, 'wget x')
    const answer = await plain(run.port, 'http://FILES.example/a/b?c=d', {
      method: 'POST',
      body: 'hello',
      headers: { 'x-own': '1', 'proxy-connection': 'keep-alive' },
    })
    expect(answer).toMatchObject({ status: 200, phrase: 'Fine', upstream: 'yes', body: 'got 5' })
    expect(dialled).toEqual([`files.example:80 ${PUBLIC}`])
    expect(seen).toEqual([
      { url: '/a/b?c=d', headers: expect.objectContaining({ host: 'files.example', 'x-own': '1' }), body: 'hello' },
    ])
    expect(
      Object.keys(seen[0]?.headers ?? {}).filter((name) => name.startsWith('x-errand') || name.startsWith('proxy')),
    ).toEqual([])
  })
})

interface PlainAnswer {
  readonly status: number | undefined
  readonly phrase: string | undefined
  readonly fault: unknown
  readonly upstream: unknown
  readonly body: string
}

function plain(
  port: number,
  url: string,
  { method = 'GET', body, headers = {} }: { method?: string; body?: string; headers?: Record<string, string> },
): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port,
      method,
      path: url,
      headers: { ...headers, host: new URL(url).host },
    })
    outgoing.once('error', reject)
    outgoing.once('response', (answer) => {
      text(answer).then(
        (received) =>
          resolve({
            status: answer.statusCode,
            phrase: answer.statusMessage,
            fault: answer.headers['x-errand-fault'],
            upstream: answer.headers['x-upstream'],
            body: received,
          }),
        reject,
      )
    })
    outgoing.end(body)
  })
}
