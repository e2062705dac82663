import { applyDocument, requestCredentialTest, requestMcpTest } from '@errand/engine'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startGithubApi } from './support/githubApi.ts'
import { type LiveGateway, type LiveRun, startLiveGateway } from './support/liveGateway.ts'
import { startMcpUpstream } from './support/mcpUpstream.ts'

let gateway: LiveGateway
let github: Awaited<ReturnType<typeof startGithubApi>>
let upstream: Awaited<ReturnType<typeof startMcpUpstream>>
let run: LiveRun
beforeAll(async () => {
  ;[gateway, github, upstream] = await Promise.all([startLiveGateway(), startGithubApi(), startMcpUpstream()])
  const spec = { type: 'remote', url: upstream.url, private: true, credential: 'app' }
  const source = `kind: McpServer\nname: github\nspec: ${JSON.stringify(spec)}\n`
  await applyDocument(gateway.owner, { source }, gateway.engine)
  await gateway.addAgent('worker', { mcp: [{ server: 'github', rules: [], otherwise: 'allow' }] })
  run = await gateway.run({ agent: 'worker' })
})
beforeEach(async () => {
  github.state.lifetimeMs = 3_600_000
  github.state.trouble = null
  github.minted.length = 0
  upstream.seen.length = 0
  // A new value: what was made with the old one is forgotten.
  await gateway.addCredential('app', github.spec, github.pem)
})
afterAll(async () => {
  await Promise.all([gateway.close(), github.close(), upstream.close()])
})

const call = () =>
  run.asAgent({
    method: 'POST',
    path: '/mcp/github',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'read' } }),
  })
const sent = () => upstream.seen.map(({ headers }) => headers.authorization)

test('a token is made with the app’s key, once for an hour, and neither is found anywhere', async () => {
  const answers = await Promise.all([call(), call(), call()])
  for (const { text } of answers) expect(text).toContain('called read')
  expect(github.minted).toHaveLength(1)
  expect(new Set(sent())).toEqual(new Set([`Bearer ${github.minted[0]}`]))
  const rows = (await gateway.everyRow()) + JSON.stringify(gateway.log())
  expect(rows).not.toContain(github.minted[0])
  expect(rows).not.toContain(github.pem.split('\n')[3])
})

test('it is renewed ahead of its end while the old one serves, and one near its end serves nobody', async () => {
  github.state.lifetimeMs = 10 * 60_000
  await call()
  await call()
  expect(sent()).toEqual([`Bearer ${github.minted[0]}`, `Bearer ${github.minted[0]}`])
  await until(() => github.minted.length > 1, { what: 'the renewal' })
  // GitHub away: what is good still serves.
  github.state.trouble = 503
  expect((await call()).text).toContain('called read')
  github.state.trouble = null
  await gateway.addCredential('app', github.spec, github.pem)
  github.state.lifetimeMs = 60_000
  await call()
  const before = github.minted.length
  await call()
  expect(github.minted.length).toBe(before + 1)
})

test('what GitHub says no to is said in its words, and a value that is no key in ours', async () => {
  expect(await requestCredentialTest(gateway.owner, 'app', gateway.engine)).toMatchObject({ ok: true })
  const other = await startGithubApi()
  await gateway.addCredential('app', github.spec, other.pem)
  await other.close()
  const refused = await requestMcpTest(gateway.owner, 'github', gateway.engine)
  expect(refused).toMatchObject({
    ok: false,
    code: 'mcp.credential-refused',
    detail: expect.stringContaining('could not be decoded'),
  })
  await gateway.addCredential('app', github.spec, 'not a key')
  expect((await call()).text).toContain('no private key in PEM')
})
