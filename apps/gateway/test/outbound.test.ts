import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Fault } from '@errand/contracts'
import { afterEach, describe, expect, test } from 'vitest'
import type { ConnectDeps } from '../egress/connect.ts'
import { createOutbound, type Opened, type Outbound } from '../outbound/outbound.ts'

/** In the eyes of the policy; the test's dial leads to a server of ours, and nowhere else. */
const PUBLIC = '93.184.216.34'

const started: { close(): Promise<unknown> }[] = []
afterEach(async () => void (await Promise.all(started.splice(0).map((one) => one.close()))))

async function listening(handler: RequestListener): Promise<number> {
  const server: Server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  started.push({
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  })
  return (server.address() as AddressInfo).port
}

/** Names answer in turn, the last for ever; what is dialled is written down, and leads to `port`. */
function world(names: Readonly<Record<string, readonly (readonly string[])[]>>, port = 0) {
  const dialled: string[] = []
  const asked = new Map<string, number>()
  const network: ConnectDeps = {
    async resolve(host) {
      const turn = asked.get(host) ?? 0
      asked.set(host, turn + 1)
      const answers = names[host] ?? [[host]]
      return answers[Math.min(turn, answers.length - 1)] ?? []
    },
    async dial({ host, addresses }) {
      dialled.push(`${host} ${addresses.join()}`)
      return connect({ host: '127.0.0.1', port })
    },
  }
  const outbound: Outbound = createOutbound({ network })
  started.push(outbound)
  return { outbound, dialled }
}

const PLACES = {
  'the metadata service of a cloud': '169.254.169.254',
  'the same by its number': '2852039166',
  'the same in hexadecimal': '0xa9fea9fe',
  'the same inside IPv6': '[::ffff:169.254.169.254]',
  'another metadata service': '[fd00:ec2::254]',
  'this machine': '127.0.0.1',
  'this machine, written short': '127.1',
  'this machine in IPv6': '[::1]',
  'this machine by no address': '0.0.0.0',
  'a private network': '10.1.2.3',
  'pods of a cluster': '10.42.0.7',
  'services of a cluster': '10.43.0.1',
  'a carrier’s network': '100.64.1.1',
  'a private network in IPv6': '[fd12:3456::1]',
  'link-local IPv6': '[fe80::1]',
}

describe('what an address may lead to', () => {
  test.for(Object.entries(PLACES))('%s is refused before anything is dialled', async ([, host]) => {
    const { outbound, dialled } = world({})
    await expect(outbound.fetch(null)(`https://${host}/.well-known/oauth-protected-resource`)).rejects.toMatchObject({
      code: 'outbound.address-private',
    })
    expect(dialled).toEqual([])
  })

  test.for([
    ['a name that leads to a private address', 'inside.example', [['10.0.0.5']]],
    ['a service of the cluster by name', 'kubernetes.default.svc', [['10.43.0.1']]],
    ['one bad address among good ones', 'mixed.example', [[PUBLIC, '127.0.0.1']]],
    ['a name of the metadata service', 'metadata.google.internal', [['169.254.169.254']]],
  ] as const)('%s is refused', async ([, host, answers]) => {
    const { outbound, dialled } = world({ [host]: answers })
    await expect(outbound.fetch(null)(`https://${host}/`)).rejects.toMatchObject({ code: 'outbound.address-private' })
    expect(dialled).toEqual([])
  })

  test('a name that answers otherwise the second time is dialled at what was judged', async () => {
    const port = await listening((_, response) => response.end('{}'))
    const { outbound, dialled } = world({ 'moves.example': [[PUBLIC], ['127.0.0.1']] }, port)
    // The other end speaks no TLS: that it was dialled at all, and where, is what counts.
    await expect(outbound.fetch(null)('https://moves.example/')).rejects.toBeInstanceOf(Fault)
    await expect(outbound.fetch(null)('https://moves.example/')).rejects.toMatchObject({
      code: 'outbound.address-private',
    })
    expect(dialled).toEqual([`moves.example ${PUBLIC}`])
  })

  test('a server marked as private is reached at its own host and port, and no other is', async () => {
    const port = await listening((request, response) => response.end(request.url))
    const { outbound } = world({ 'mcp.lan': [['192.168.1.9']], 'vault.lan': [['192.168.1.10']] }, port)
    const fetch = outbound.fetch('mcp.lan:3000')
    expect(await (await fetch('http://mcp.lan:3000/mcp')).text()).toBe('/mcp')
    await expect(fetch('http://mcp.lan:3001/')).rejects.toMatchObject({ code: 'outbound.plain-http' })
    await expect(fetch('https://mcp.lan:3001/')).rejects.toMatchObject({ code: 'outbound.address-private' })
    await expect(fetch('https://vault.lan/')).rejects.toMatchObject({ code: 'outbound.address-private' })
  })

  test('not even one marked as private leads to a metadata service', async () => {
    const { outbound, dialled } = world({ 'mcp.lan': [['169.254.169.254']] })
    await expect(outbound.fetch('mcp.lan:80')('http://mcp.lan/')).rejects.toMatchObject({
      code: 'outbound.address-private',
    })
    expect(dialled).toEqual([])
  })

  test('plain http, other schemes and names with a password are no addresses', async () => {
    const { outbound, dialled } = world({ 'a.example': [[PUBLIC]] })
    const fetch = outbound.fetch(null)
    await expect(fetch('http://a.example/')).rejects.toMatchObject({ code: 'outbound.plain-http' })
    await expect(fetch('file:///etc/passwd')).rejects.toMatchObject({ code: 'egress.unreachable' })
    await expect(fetch('https://a.example@b.example/')).rejects.toMatchObject({ code: 'egress.unreachable' })
    expect(dialled).toEqual([])
  })
})

describe('what an answer may do', () => {
  const opened = 'mcp.lan:80'
  async function server(handler: RequestListener, privately: Opened = opened) {
    const port = await listening(handler)
    const { outbound } = world({ 'mcp.lan': [['192.168.1.9']] }, port)
    return outbound.fetch(privately, { maxBytes: 1000, timeoutMs: 300 })
  }

  test('a redirect within the origin is followed for a question that changes nothing', async () => {
    const fetch = await server((request, response) =>
      request.url === '/a' ? response.writeHead(302, { location: '/b' }).end() : response.end(request.url),
    )
    expect(await (await fetch('http://mcp.lan/a')).text()).toBe('/b')
    await expect(fetch('http://mcp.lan/a', { method: 'POST', body: 'token=x' })).rejects.toMatchObject({
      code: 'outbound.redirected',
    })
  })

  test.for(['http://169.254.169.254/', 'http://127.0.0.1/', 'https://mcp.lan/', '//elsewhere.example/', 'nonsense://'])(
    'a redirect to %s is refused',
    async (location) => {
      const fetch = await server((_, response) => response.writeHead(307, { location }).end())
      await expect(fetch('http://mcp.lan/')).rejects.toMatchObject({ code: 'outbound.redirected' })
    },
  )

  test('a redirect that never ends does', async () => {
    const fetch = await server((_, response) => response.writeHead(302, { location: '/' }).end())
    await expect(fetch('http://mcp.lan/')).rejects.toMatchObject({ code: 'outbound.redirected' })
  })

  test('an endless answer is cut', async () => {
    const fetch = await server((_, response) => {
      const pour = setInterval(() => response.write('x'.repeat(400)), 1)
      response.on('close', () => clearInterval(pour))
    })
    await expect(fetch('http://mcp.lan/')).rejects.toMatchObject({ code: 'outbound.too-large' })
  })

  test.for(['no header', 'no end'])('an answer with %s is given up in time', async (what) => {
    const fetch = await server((_, response) => void (what === 'no end' && response.write('{')))
    await expect(fetch('http://mcp.lan/')).rejects.toMatchObject({
      code: 'egress.unreachable',
      detail: expect.stringContaining('no answer'),
    })
  })

  test('its status, headers and body arrive', async () => {
    const fetch = await server((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Bearer scope="a"', 'set-cookie': ['a=1', 'b=2'] }).end('{}'),
    )
    const answer = await fetch('http://mcp.lan/')
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer scope="a"')
    expect(await answer.json()).toEqual({})
  })
})
