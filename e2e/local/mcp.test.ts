import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ImageRegistry, shellServerImage, startImageRegistry } from '@errand/testkit'
import { type AuthServer, startAuthServer } from '@errand/testkit/authServer'
import { type McpFixture, startMcpServer } from '@errand/testkit/mcpServer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { differencesFromPage } from '../harness/documentedLines.ts'
import type { ClusterPlace } from '../harness/cluster.ts'
import { importImage } from '../harness/importImage.ts'
import { openOnNodesLoopback, type WayFromNode } from '../harness/nodesLoopback.ts'
import { followed } from '../harness/runs.ts'
import { signedIn } from '../harness/signIn.ts'
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
    - server: shell
    - server: tracker
    - server: signed
    - server: old
`

const PAT = 'ghp_canary91b3d6e07f24'

describe('MCP servers of every kind', () => {
  let world: World
  let tracker: McpFixture
  let auth: AuthServer
  let old: McpFixture
  let images: ImageRegistry
  let way: WayFromNode | null = null

  beforeAll(async () => {
    ;[world, tracker, auth, old, images] = await Promise.all([
      startWorld(),
      startMcpServer({ token: PAT }),
      startAuthServer(),
      startMcpServer({ token: PAT, transport: 'sse' }),
      startImageRegistry(),
    ])
    const { errand } = world
    const [image] = await Promise.all([
      imageOf(images, errand.place),
      must(errand, ['settings', 'set', 'privateHosts', images.host]),
      must(errand, ['credentials', 'add', 'pat', '--type', 'bearer'], PAT),
    ])
    way = image.way
    const more = [
      `name: shell\nspec: { type: hosted, package: { registry: oci, name: '${images.host}/acme/shell', version: '${image.digest}' } }`,
      `name: tracker\nspec: { type: remote, url: '${tracker.url}', private: true, credential: pat }`,
      `name: old\nspec: { type: remote, url: '${old.url}', private: true, credential: pat, transport: sse }`,
      `name: signed\nspec: { type: remote, url: '${auth.mcpUrl}', private: true }`,
    ].map((server) => `kind: McpServer\n${server}\n---\n`)
    await must(errand, ['apply', '--file', '-'], more.join('') + SERVERS)
    await signedIn(errand, 'signed', auth)
  })
  afterAll(async () => {
    await world.close()
    await way?.close()
    await Promise.all([tracker.close(), auth.close(), old.close(), images.close()])
  })

  it(proves('mcp-hosted', 'and so do tools of images and of remote servers'), { timeout: 300_000 }, async () => {
    const run = await followed(world.errand, ['[[stub:mcp-tools]] use your tools', '--agent', 'tooled', '--no-repo'])
    expect(run.outcome, JSON.stringify(run.outcome)).toMatchObject({ status: 'succeeded' })
    const calls = run.events.flatMap((event) => (event.type === 'mcp.called' ? [event] : []))
    expect(calls.map(({ server, tool, isError }) => ({ server, tool, isError }))).toEqual([
      { server: 'everything', tool: 'echo', isError: false },
      { server: 'clock', tool: 'get_current_time', isError: false },
      { server: 'over-http', tool: 'get-sum', isError: false },
      { server: 'over-sse', tool: 'echo', isError: false },
      { server: 'shell', tool: 'look', isError: false },
      { server: 'tracker', tool: 'echo', isError: false },
      { server: 'signed', tool: 'echo', isError: false },
      { server: 'old', tool: 'ask', isError: false },
    ])
    const said = JSON.stringify(run.events)
    expect(said).toContain('ping through the gateway')
    expect(said).toContain('The sum of 19 and 23 is 42')
    expect(said).toContain('ping over SSE')
    expect(said).toContain('by-default /work from-the-image second old=gone new=refused')
    expect([tracker.calls, auth.toolCalls, old.calls]).toEqual([['echo'], ['echo'], ['ask']])
    expect(said).not.toContain(PAT)
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

/** Of a server in an image. Where pods are, the node pulls it; where that is another machine, it has it as if it had. */
async function imageOf(
  images: ImageRegistry,
  place: ClusterPlace | null,
): Promise<{ digest: string; way: WayFromNode | null }> {
  // Beside it starts our own Node.
  const digest = await images.put('acme/shell', 'v1', await shellServerImage({ guests: [process.execPath] }))
  if (place === null) return { digest, way: null }
  const way = await openOnNodesLoopback(Number(images.host.split(':')[1]), place.api.server)
  if (way === null) await importOf(images, digest)
  return { digest, way }
}

async function importOf(images: ImageRegistry, digest: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'errand-image-'))
  try {
    const file = join(folder, 'image.tar')
    await writeFile(file, await images.archive('acme/shell', digest))
    await importImage(file)
  } finally {
    await rm(folder, { recursive: true })
  }
}
