import { applyDocument, readMcpServer, requestMcpTest, writeSettings } from '@errand/engine'
import { type ImageRegistry, startImageRegistry } from '@errand/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LiveGateway, startLiveGateway } from './support/liveGateway.ts'

const ACCOUNT = { username: 'reader', password: 'of-the-registry' }
const IMAGE = { layers: [[]], config: {} }

let live: LiveGateway
let common: ImageRegistry

beforeAll(async () => {
  common = await startImageRegistry()
  live = await startLiveGateway({ imageRegistries: [{ name: 'hub.example', origin: `http://${common.host}` }] })
  await live.addCredential('right', { type: 'basic', username: ACCOUNT.username }, ACCOUNT.password)
  await live.addCredential('wrong', { type: 'basic', username: ACCOUNT.username }, 'another')
  await live.addCredential('bearer', { type: 'bearer' }, ACCOUNT.password)
})
afterAll(async () => {
  await live.close()
  await common.close()
})

const save = (name: string, image: object) =>
  applyDocument(
    live.owner,
    {
      source: `kind: McpServer\nname: ${name}\nspec: ${JSON.stringify({ type: 'hosted', package: { registry: 'oci', version: 'v1', ...image } })}\n`,
    },
    live.engine,
  )

test.each(['basic', 'token'] as const)('a private registry (%s) is read with a name and a password', async (kind) => {
  const registry = await startImageRegistry({ kind, ...ACCOUNT })
  try {
    await registry.put('acme/tool', 'v1', IMAGE)
    await writeSettings(live.owner, { privateHosts: [registry.host] }, live.engine)
    const image = { name: `${registry.host}/acme/tool` }
    await expect(save(`${kind}-right`, { ...image, credential: 'right' })).resolves.toBeDefined()
    const refused = (words: RegExp) => ({ code: 'mcp.install-failed', detail: expect.stringMatching(words) as string })
    await expect(save(`${kind}-none`, image)).rejects.toMatchObject(refused(/`package.credential`/))
    await expect(save(`${kind}-wrong`, { ...image, credential: 'wrong' })).rejects.toMatchObject(
      refused(/does not take the name and the password/),
    )
    await expect(save(`${kind}-bearer`, { ...image, credential: 'bearer' })).rejects.toMatchObject(
      refused(/kind basic/),
    )
  } finally {
    await registry.close()
  }
})

test('a name without a registry means the one that is set, and none where none is', async () => {
  await writeSettings(live.owner, { privateHosts: [common.host] }, live.engine)
  await common.put('acme/tool', 'v1', IMAGE)
  await expect(save('common', { name: 'acme/tool' })).resolves.toBeDefined()
  const bare = await startLiveGateway()
  try {
    const source =
      'kind: McpServer\nname: bare\nspec: { type: hosted, package: { registry: oci, name: acme/tool, version: v1 } }\n'
    await expect(applyDocument(bare.owner, { source }, bare.engine)).rejects.toMatchObject({
      code: 'mcp.registry-unset',
    })
  } finally {
    await bare.close()
  }
})

test('a server that wants a key which is missing says so when it is tested, and is not started', async () => {
  const recipe = { type: 'hosted', package: { registry: 'npm', name: 'weather', version: '1.0.0' } }
  const spec = { ...recipe, env: { API_KEY: { credential: 'weather' } } }
  await applyDocument(
    live.owner,
    { source: `kind: McpServer\nname: weather\nspec: ${JSON.stringify(spec)}\n` },
    live.engine,
  )
  const answer = await requestMcpTest(live.owner, 'weather', live.engine)
  expect(answer).toMatchObject({
    ok: false,
    words: expect.stringContaining('There is no credential weather.') as string,
  })
  expect(await readMcpServer(live.owner, 'weather', live.engine)).toMatchObject({ hosted: null })
})
