import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { differencesFromPage } from '../harness/documentedLines.ts'
import { followed } from '../harness/runs.ts'
import { must, startWorld, type World } from '../harness/world.ts'
import { proves } from '../requirements.ts'

/** Written by others, from the registries that this machine uses. */
const SERVERS = `kind: McpServer
name: everything
spec:
  type: hosted
  package: { registry: npm, name: '@modelcontextprotocol/server-everything', version: 2026.8.31 }
---
kind: McpServer
name: clock
spec:
  type: hosted
  package: { registry: pypi, name: mcp-server-time, version: 2026.10.19 }
---
kind: McpServer
name: over-http
spec:
  type: hosted
  package: { registry: npm, name: '@modelcontextprotocol/server-everything', version: 2026.8.31 }
  args: [streamableHttp]
  transport: streamable-http
  port: 3010
---
kind: McpServer
name: over-sse
spec:
  type: hosted
  package: { registry: npm, name: '@modelcontextprotocol/server-everything', version: 2026.8.31 }
  args: [sse]
  transport: sse
  port: 3011
---
kind: Agent
name: tooled
spec:
  runtime: claude-code
  credential: scripted
  network: none
  mcp:
    - server: everything
      rules: [{ tools: [get-env], then: deny }]
    - server: clock
    - server: over-http
    - server: over-sse
`

describe('hosted MCP servers', () => {
  let world: World

  beforeAll(async () => {
    world = await startWorld()
    await must(world.errand, ['apply', '--file', '-'], SERVERS)
  })
  afterAll(() => world.close())

  it(proves('mcp-hosted'), { timeout: 300_000 }, async () => {
    const run = await followed(world.errand, ['[[stub:mcp-tools]] use your tools', '--agent', 'tooled', '--no-repo'])
    expect(run.outcome, JSON.stringify(run.outcome)).toMatchObject({ status: 'succeeded' })
    const calls = run.events.flatMap((event) => (event.type === 'mcp.called' ? [event] : []))
    expect(calls.map(({ server, tool, isError }) => ({ server, tool, isError }))).toEqual([
      { server: 'everything', tool: 'echo', isError: false },
      { server: 'clock', tool: 'get_current_time', isError: false },
      { server: 'over-http', tool: 'get-sum', isError: false },
      { server: 'over-sse', tool: 'echo', isError: false },
    ])
    const said = JSON.stringify(run.events)
    expect(said).toContain('ping through the gateway')
    expect(said).toContain('The sum of 19 and 23 is 42')
    expect(said).toContain('ping over SSE')
    // What is denied whatever its arguments is not even there.
    expect(run.outcome.sentence).toMatch(/No such tool available/)
  })

  it(
    proves('mcp-hosted', 'a person tests one and calls a tool, with the command line'),
    { timeout: 300_000 },
    async () => {
      const { errand } = world
      const tested = await must(errand, ['mcp', 'test', 'everything', '--json'])
      const called = await must(errand, ['mcp', 'call', 'everything', 'echo', '{"message":"by hand"}', '--json'])
      const listed = await must(errand, ['mcp', 'list', '--json'])
      expect(tested).toContain('It works')
      expect(called).toContain('by hand')
      expect(listed).toContain('"agents":["tooled"]')
      const overHttp = await must(errand, ['mcp', 'test', 'over-http', '--json'])
      expect(overHttp).toContain('It works')
      expect(await must(errand, ['mcp', 'call', 'over-sse', 'echo', '{"message":"by hand"}'])).toContain('by hand')
      for (const printed of [tested, called, listed]) expect(await differencesFromPage(printed)).toEqual([])
      expect(await must(errand, ['mcp', 'list'])).toMatch(/everything\s+npm @modelcontextprotocol/)
      const wrong = await errand.errand(['mcp', 'call', 'everything', 'echo', 'not json'])
      expect(wrong.code).toBe(2)
      expect(wrong.stderr).toContain('JSON')
    },
  )
})
