import { mcpServerSpecSchema, type RunId } from '@errand/contracts'
import {
  keepRegistryHits,
  listMcpCalls,
  listMcpServers,
  readMcpActivity,
  readMcpDays,
  mcpCallRecord,
  recordMcpCalls,
  saveMcpServer,
  sweepRetention,
  writeSettings,
} from '@errand/engine'
import { afterAll, expect, test } from 'vitest'
import { endRun, scriptRun, testEngine } from './support/engine.ts'

const engine = await testEngine()
const { deps, owner, clock } = engine
afterAll(engine.close)

const DAY_MS = 86_400_000
const record = (runId: RunId | null, fields: { tool?: string; verdict?: 'allow' | 'deny'; isError?: boolean } = {}) => {
  const call = {
    ...{ orgId: owner.orgId, runId, userId: runId === null ? owner.userId : null, server: 'tracker' },
    ...{ tool: 'echo', toolUseId: null, arguments: {}, verdict: 'allow' as const, rule: null },
    ...{ resultBytes: 1, isError: false, ms: 1, code: null, ...fields },
  }
  return recordMcpCalls({ rows: [mcpCallRecord(call, deps).row], gateway: null }, deps)
}
const kept = async () => (await listMcpCalls(owner, { server: 'tracker' }, deps)).map(({ runId }) => runId)

test('the calls of the last day are counted by half hours and by tool, denied ones apart from errors', async () => {
  await record(null, { isError: true })
  clock.advance(3_600_000)
  await record(null)
  await record(null, { tool: 'delete', verdict: 'deny', isError: true })
  const { slots, tools } = await readMcpActivity(owner, 'tracker', deps)
  expect(slots.length).toBe(48)
  expect(slots.filter(({ calls }) => calls > 0)).toEqual([
    { calls: 1, errors: 1 },
    { calls: 2, errors: 0 },
  ])
  expect(tools).toEqual({ echo: { calls: 2, denied: 0 }, delete: { calls: 1, denied: 1 } })
  const spec = mcpServerSpecSchema.parse({ type: 'remote', url: 'https://tracker.example/mcp' })
  await saveMcpServer(owner, { name: 'tracker', spec, baseVersion: 0 }, deps)
  await saveMcpServer(owner, { name: 'quiet', spec, baseVersion: 0 }, deps)
  const days = await readMcpDays(owner, deps)
  expect(Object.keys(days)).toEqual(['tracker'])
  expect(days['tracker']).toMatchObject({ slots, typicalMs: 1 })
})

test('records of calls are kept as long as the events of their run; those made by hand just as long', async () => {
  await writeSettings(owner, { retentionDays: { events: 10, artifacts: 20 } }, deps)
  const old = await scriptRun(engine)
  await record(old)
  await endRun(engine, old)
  clock.advance(9 * DAY_MS)
  const young = await scriptRun(engine)
  await record(young)
  await sweepRetention(deps)
  expect(await kept()).toEqual([young, old, null, null, null])
  clock.advance(2 * DAY_MS)
  await sweepRetention(deps)
  expect(await kept()).toEqual([young])
})

test('a version that the registry has and the server is not at is said', async () => {
  const registry = 'https://registry.example'
  const origin = { registry, name: 'io.example/weather', version: '0.6.2', sha256: 'a'.repeat(64) }
  const spec = mcpServerSpecSchema.parse({ type: 'remote', url: 'https://weather.example/mcp', origin })
  await saveMcpServer(owner, { name: 'weather', spec, baseVersion: 0 }, deps)
  const newer = async () => (await listMcpServers(owner, deps)).find(({ name }) => name === 'weather')?.newerVersion
  expect(await newer()).toBeNull()
  const server = { name: origin.name, description: 'Forecasts', version: '0.7.0' }
  const hits = [{ server, status: 'active', sha256: 'b'.repeat(64) }] as never
  await keepRegistryHits({ orgId: owner.orgId, registry, hits }, deps)
  expect(await newer()).toBe('0.7.0')
})
