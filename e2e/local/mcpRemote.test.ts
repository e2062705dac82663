import { join } from 'node:path'
import { type ImageRegistry, shellServerImage, startImageRegistry, until } from '@errand/testkit'
import { type AuthServer, startAuthServer } from '@errand/testkit/authServer'
import { type McpFixture, startMcpServer } from '@errand/testkit/mcpServer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesWith, processesWith, withCanary } from '../harness/canaries.ts'
import { differencesFromPage } from '../harness/documentedLines.ts'
import { fired, watched } from '../harness/runs.ts'
import { signedIn } from '../harness/signIn.ts'
import { must, startWorld, type World } from '../harness/world.ts'
import { proves } from '../requirements.ts'

const PAT = 'ghp_canary4f81c09e7d52'

describe('remote MCP servers', () => {
  let world: World
  let tracker: McpFixture
  let auth: AuthServer
  let old: McpFixture
  let images: ImageRegistry

  beforeAll(async () => {
    // Short enough that tokens are renewed while the run goes on.
    ;[world, tracker, auth, old, images] = await Promise.all([
      startWorld(),
      startMcpServer({ token: PAT }),
      startAuthServer({ accessTokenSeconds: 8 }),
      startMcpServer({ token: PAT, transport: 'sse' }),
      startImageRegistry(),
    ])
    await must(world.errand, ['credentials', 'add', 'tracker-pat', '--type', 'bearer'], PAT)
    await must(
      world.errand,
      ['apply', '--file', '-'],
      serversYaml({ tracker: tracker.url, signed: auth.mcpUrl, old: old.url }),
    )
  })
  afterAll(async () => {
    await world.close()
    await Promise.all([tracker.close(), auth.close(), old.close(), images.close()])
  })

  it(proves('mcp-remote'), { timeout: 120_000 }, async () => {
    const { errand } = world
    expect(await signedIn(errand, 'signed', auth)).toContain('Signed in with signed')
    const runId = await fired(errand, ['[[stub:mcp-remote]] use your tools', '--agent', 'remote', '--no-repo'])
    await until(() => tracker.calls.includes('wait'), { deadlineMs: 60_000, what: 'the call that waits' })
    const canaries = () => [PAT, ...auth.issued]
    expect(canaries().length).toBeGreaterThan(2)
    expect(await filesWith(join(errand.folder, 'sandboxes', runId), canaries())).toEqual([])
    expect(await processesWith(canaries())).toEqual([])
    await until(() => auth.issued.length >= 4, { deadlineMs: 30_000, what: 'a refresh' })
    tracker.release()
    const run = await watched(errand, runId)
    expect(run.outcome, JSON.stringify(run.outcome)).toMatchObject({ status: 'succeeded' })
    expect(run.outcome.sentence).toContain('It went on.')
    const calls = run.events.flatMap((event) => (event.type === 'mcp.called' ? [event] : []))
    expect(calls.map(({ server, tool, isError }) => [server, tool, isError])).toEqual([
      ['tracker', 'echo', false],
      ['signed', 'echo', false],
      ['old', 'ask', false],
      ['tracker', 'wait', false],
    ])
    expect(auth.toolCalls).toEqual(['echo'])
    expect(JSON.stringify(run.events)).toContain('It has 1 roots.')
    expect(withCanary(JSON.stringify(run), canaries())).toEqual([])
    for (const { id } of run.outcome.artifacts)
      expect(withCanary(await must(errand, ['artifacts', 'get', id]), canaries())).toEqual([])
    for (const { target, body } of world.model.calls) expect(withCanary(target + body, canaries())).toEqual([])
    // Database files and WAL, logs, blobs, keys: the data folder as a thief would find it.
    expect(await filesWith(errand.folder, canaries())).toEqual([])
    expect(withCanary(errand.printed, canaries())).toEqual([])
  })

  it(proves('mcp-remote', 'added and tested with the command line, its token from standard input'), async () => {
    const { errand } = world
    const flags = ['--private', '--json']
    const added = await must(errand, ['mcp', 'add', tracker.url, '--name', 'by-hand', '--token', ...flags], PAT)
    expect(added).toContain('"credentials":["by-hand"]')
    expect(added).toContain('It works')
    expect(await differencesFromPage(added)).toEqual([])
    const headers = { Authorization: `Bearer ${PAT}` }
    const readme = JSON.stringify({
      mcpServers: { other: { type: 'sse', url: old.url, headers }, more: { url: old.url } },
    })
    const several = await errand.errand(['mcp', 'add', '-', ...flags], { input: readme })
    expect([several.code, several.stderr]).toEqual([2, expect.stringContaining('--pick other, --pick more')])
    expect(await must(errand, ['mcp', 'add', '-', '--pick', 'other', ...flags], readme)).toContain('It works')
    const signIn = await errand.errand(['mcp', 'add', auth.mcpUrl, '--name', 'to-sign-in', '--private'])
    expect([signIn.code, signIn.stderr]).toEqual([0, expect.stringContaining('errand mcp login to-sign-in')])
    await signedIn(errand, 'to-sign-in', auth)
    expect(await must(errand, ['mcp', 'call', 'to-sign-in', 'echo', '{"message":"by hand"}'])).toContain('by hand')
    // What stands on a command line is seen by every process.
    const line = `claude mcp add --transport http shown ${tracker.url} --header 'Authorization: Bearer ${PAT}'`
    const shown = await errand.errand(['mcp', 'add', line])
    expect([shown.code, shown.stderr]).toEqual([2, expect.stringContaining('errand mcp add - < file')])
    const there = await errand.errand(['mcp', 'add', tracker.url, '--name', 'by-hand', '--private'])
    expect([there.code, there.stderr]).toEqual([2, expect.stringContaining('--name NAME')])
  })

  it(proves('mcp-hosted', 'a line with docker run becomes a server whose image is pinned'), async () => {
    const { errand } = world
    const digest = await images.put('acme/look', 'v1', await shellServerImage())
    const line = `docker run -i --rm -e WORD=x ${images.host}/acme/look:v1`
    const refused = await errand.errand(['mcp', 'add', line])
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('private hosts')])
    await must(errand, ['settings', 'set', 'privateHosts', images.host])
    expect(await must(errand, ['mcp', 'add', line])).toContain('It works: 1 tools')
    const pinned = (await must(errand, ['export'])).includes(`sha256: ${digest.slice('sha256:'.length)}`)
    expect(pinned).toBe(true)
    // The tag leads to other bytes now; what was seen is what runs. And nothing of it can be written.
    const { layers, config } = await shellServerImage()
    await images.put('acme/look', 'v1', { layers: [...layers, []], config })
    expect(await must(errand, ['mcp', 'call', 'look', 'look', '{}'])).toContain(
      'by-default /work from-the-image second old=gone new=refused',
    )
    expect(images.asked.filter((url) => url.startsWith('/token')).length).toBeGreaterThan(1)
    const other = await images.put('acme/spoilt', 'v1', await shellServerImage())
    images.spoil(other)
    const spoilt = await errand.errand(['mcp', 'add', `docker run -i ${images.host}/acme/spoilt@${other}`])
    expect(spoilt.stdout + spoilt.stderr).toContain('the image is not the one that was meant')
  })
})

function serversYaml({ tracker, signed, old }: Record<'tracker' | 'signed' | 'old', string>): string {
  return `kind: McpServer
name: tracker
spec: { type: remote, url: '${tracker}', private: true, credential: tracker-pat }
---
kind: McpServer
name: signed
spec: { type: remote, url: '${signed}', private: true }
---
kind: McpServer
name: old
spec: { type: remote, url: '${old}', private: true, transport: sse, credential: tracker-pat }
---
kind: Agent
name: remote
spec:
  runtime: claude-code
  credential: scripted
  network: none
  mcp: [{ server: tracker }, { server: signed }, { server: old }]
`
}
