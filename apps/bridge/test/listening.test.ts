import { freePort, until } from '@errand/testkit'
import { describe, expect, test } from 'vitest'
import { BridgeAtWork, Client } from './bridgeAtWork.ts'

const SECRET = 'canary-3f9c81'

describe.each(['streamable-http', 'sse'] as const)('a server that speaks %s by itself', (transport) => {
  const start = async (mode = '', more: Parameters<typeof BridgeAtWork.start>[0] = {}) =>
    BridgeAtWork.start({ ...more, listens: { transport, port: await freePort(), mode } })

  test('is started for the first who asks, once for all, and prints no secret of its own', async () => {
    await using work = await start('', { secrets: { API_KEY: SECRET } })
    const [a, b] = await Promise.all([work.session('run1'), work.session('run2')])
    expect(await a.call('echo', { text: 'hello' })).toBe('hello')
    expect(await a.call('pid')).toBe(await b.call('pid'))
    const printed = await a.call('env')
    expect(printed).toContain('[secret]')
    expect(printed).not.toContain(SECRET)
    expect(await work.health()).toMatchObject({ processes: 1, sessions: 2, crashes: 0 })
    expect(work.log.join('\n')).toContain('begins')
    // Another's session is unknown, and one that was ended too.
    const thief = new Client(work.bridge.port, 'run3')
    thief.sessionId = a.sessionId
    expect((await thief.request('tools/list')).status).toBe(404)
    await a.delete()
    expect((await a.request('tools/list')).status).toBe(404)
    expect(await b.call('echo', { text: 'still here' })).toBe('still here')
  })

  test('that ends in the middle of a call: the caller is told why, sessions are over, and the next one starts it again', async () => {
    await using work = await start()
    const client = await work.session()
    expect(await client.call('die')).toBe(
      'error -32000: The MCP server is gone: it ended with code 7. It said: begins / the disk is gone',
    )
    await until(async () => (await work.health()).processes === 0, { what: 'its end' })
    expect((await client.request('tools/list')).status).toBe(404)
    expect(await (await work.session()).call('echo', { text: 'again' })).toBe('again')
    expect(await work.health()).toMatchObject({ crashes: 1 })
  })

  test('that does not come up: its last words, and ever longer waits', async () => {
    await using work = await start('broken')
    const first = await new Client(work.bridge.port, 'run1').initialize()
    expect(first.messages[0]?.error?.message).toContain('Error: cannot find my configuration')
    expect(first.messages[0]?.error?.data).toMatchObject({ code: 'mcp.crashed' })
    for (let i = 0; i < 2; i++) await new Client(work.bridge.port, 'run1').initialize()
    expect((await new Client(work.bridge.port, 'run1').initialize()).status).toBe(503)
  })

  test('that never listens is given up', async () => {
    await using work = await start('deaf', { limits: { startMs: 300 } })
    const { messages } = await new Client(work.bridge.port, 'run1').initialize()
    expect(messages[0]?.error?.message).toMatch(/did not answer at port \d+ within|did not answer its first message/)
    await until(async () => (await work.health()).processes === 0, { what: 'its end' })
  })

  test('that nobody asks ends with its bridge', async () => {
    await using work = await start('', { idleMs: 200 })
    const client = await work.session()
    await client.call('echo', { text: 'x' })
    await work.bridge.idle
  })
})
