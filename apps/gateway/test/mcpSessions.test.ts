import { saveMcpServer } from '@errand/engine'
import { startForwarder } from '@errand/testkit'
import { startMcpFixture } from '@errand/testkit/mcpFixture'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { expect, test } from 'vitest'
import { startLiveGateway } from './support/liveGateway.ts'

const SESSIONS = 200
const CAPABILITIES = { capabilities: { sampling: {} } }

test('two hundred sessions of a real client with a real server: each is asked in its own, and its answer is its own', async () => {
  const fixture = await startMcpFixture()
  const gateway = await startLiveGateway()
  const spec = { type: 'remote', url: fixture.url, transport: 'streamable-http', private: true, headers: {} } as const
  const server = { name: 'fixture', spec: { ...spec, callSeconds: 60 }, baseVersion: 0 }
  await saveMcpServer(gateway.owner, server, gateway.engine)
  await gateway.addAgent('worker', { mcp: [{ server: 'fixture', rules: [], otherwise: 'allow' }] })
  const run = await gateway.run({ agent: 'worker' })
  const forwarder = await startForwarder({ socketPath: run.socketPath, token: run.token })
  const at = new URL(`${forwarder.url}/mcp/fixture`)

  const open = async (n: number) => {
    const client = new Client({ name: `client-${n}`, version: '1' }, CAPABILITIES)
    const asked: string[] = []
    client.setRequestHandler('sampling/createMessage', ({ params: { messages } }) => {
      asked.push(JSON.stringify(messages))
      return { model: 'none', role: 'assistant', content: { type: 'text', text: `answer ${n}` } }
    })
    const transport = new StreamableHTTPClientTransport(at)
    await client.connect(transport, { timeout: 60_000 })
    return { client, asked, id: transport.sessionId }
  }
  // All are open, with their standing streams, before the first calls.
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, (_, n) => open(n)))
  try {
    expect(new Set(sessions.map(({ id }) => id)).size).toBe(SESSIONS)
    const results = await Promise.all(
      sessions.map(({ client }, n) =>
        client.callTool({ name: 'test_sampling', arguments: { prompt: `prompt ${n}.` } }, { timeout: 60_000 }),
      ),
    )
    expect(results.map(({ content }) => JSON.stringify(content))).toEqual(
      sessions.map((_, n) => expect.stringMatching(new RegExp(`LLM response: .*answer ${n}\\b`))),
    )
    expect(sessions.map(({ asked }) => asked)).toEqual(
      sessions.map((_, n) => [expect.stringContaining(`prompt ${n}.`)]),
    )
  } finally {
    await Promise.all(sessions.map(({ client }) => client.close()))
    await forwarder.close()
    await gateway.close()
    await fixture.close()
  }
}, 120_000)
