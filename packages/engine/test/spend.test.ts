import type { SystemEvent } from '@errand/contracts'
import { appendEvents, createRun, readSpend } from '@errand/engine'
import { afterAll, expect, test } from 'vitest'
import { claimOf, codeOf, scriptRun, system, testEngine } from './support/engine.ts'

const engine = await testEngine()
const { deps, owner, clock } = engine
const { orgId } = owner
afterAll(engine.close)

const used = (costUsd: number | null): SystemEvent => ({
  type: 'usage.metered',
  model: 'sonnet',
  inputTokens: 100,
  outputTokens: 10,
  cacheReadTokens: 5,
  cacheWriteTokens: 1,
  costUsd,
  ms: 1,
})
const today = async (zone = 'UTC') => (await readSpend(owner, { days: 3, zone }, deps)).at(-1)

test('what is metered is in the sum of its day, once, by however many runs at the same moment', async () => {
  const runs = [await scriptRun(engine), await scriptRun(engine), await scriptRun(engine)]
  await Promise.all(
    runs.flatMap((runId) =>
      Array.from({ length: 5 }, () => appendEvents(system(orgId, runId, used(0.25), used(null)), deps)),
    ),
  )
  expect(await today()).toMatchObject({ costUsd: 3.75, calls: 30, unpricedCalls: 15, tokens: 116 * 30 })
})

test('nothing is counted that was not written', async () => {
  const runId = await scriptRun(engine)
  const before = await today()
  const stale = { ...(await claimOf(engine, runId)), leaseToken: '00000000-0000-4000-8000-000000000000' }
  const answer = await appendEvents({ ...system(orgId, runId, used(9)), lease: stale }, deps)
  expect(answer).toEqual({ kind: 'fenced' })
  expect(await today()).toEqual(before)
})

test('days are the reader’s, and one without use is there with nothing', async () => {
  clock.advance(Date.parse('2026-03-10T23:30:00Z') - clock.now().getTime())
  const { runId } = await createRun(owner, { prompt: 'true', agent: 'shell', repositories: [] }, deps)
  await appendEvents(system(orgId, runId, used(2)), deps)
  const days = async (zone: string) =>
    (await readSpend(owner, { days: 3, zone }, deps)).map(({ day, costUsd }) => [day, costUsd])
  expect(await days('UTC')).toEqual([
    ['2026-03-08', 0],
    ['2026-03-09', 0],
    ['2026-03-10', 2],
  ])
  expect((await days('Europe/Berlin')).at(-1)).toEqual(['2026-03-11', 2])
  expect((await days('America/Los_Angeles')).at(-1)).toEqual(['2026-03-10', 2])
  expect(await codeOf(readSpend(owner, { days: 3, zone: 'Nowhere/At_All' }, deps))).toBe('input.invalid')
})
