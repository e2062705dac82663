import { searchRegistry } from '@errand/engine'
import { type McpRegistry, startMcpRegistry } from '@errand/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LiveGateway, startLiveGateway } from './support/liveGateway.ts'

let registry: McpRegistry
let live: LiveGateway

const entry = (name: string) => ({
  name,
  description: 'Knows the weather',
  version: '1.0.0',
  remotes: [{ type: 'streamable-http', url: 'https://weather.example/mcp' }],
})

beforeAll(async () => {
  registry = await startMcpRegistry([entry('io.acme/weather'), entry('io.acme/tides'), { name: 'io.acme/broken' }])
  live = await startLiveGateway({ mcpRegistryUrl: registry.url })
})
afterAll(async () => {
  await live.close()
  await registry.close()
})

const search = (text: string) => searchRegistry(live.owner, { text }, live.engine)

test('what a registry has is found, and what does not follow its schema is counted', async () => {
  const found = await search('io.acme')
  expect(found.hits.map(({ server }) => server.name)).toEqual(['io.acme/weather', 'io.acme/tides'])
  expect(found).toMatchObject({ registry: registry.url, unreadable: 1 })
  expect(found.copy).toBeUndefined()
})

test('when it does not answer, what it said earlier is found by any word of it, and its age is said', async () => {
  await search('weather')
  registry.behave({ isDown: true })
  try {
    const found = await search('WEATHER')
    expect(found.hits.map(({ server }) => server.name)).toContain('io.acme/weather')
    expect(found.copy).toMatchObject({ words: `${registry.url} answered 503.` })
    expect(Date.parse(found.copy?.oldestAt ?? '')).toBeLessThanOrEqual(Date.now())
    await expect(search('nothing of the kind')).rejects.toMatchObject({ code: 'registry.unreachable' })
  } finally {
    registry.behave({ isDown: false })
  }
})

test('a new word on a server replaces the old one', async () => {
  registry.behave({ servers: [{ ...entry('io.acme/weather'), version: '2.0.0' }] })
  await search('weather')
  registry.behave({ isDown: true })
  const { hits } = await search('acme/weather')
  expect(hits.map(({ server }) => server.version)).toEqual(['2.0.0'])
})
