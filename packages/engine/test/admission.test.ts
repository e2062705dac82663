import {
  admitNext,
  appendEvents,
  cancelRun,
  claimRuns,
  listLiveRuns,
  listRuns,
  readRun,
  writeSettings,
} from '@errand/engine'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { anotherPerson, endRun, runner, scriptRun, system, testEngine } from './support/engine.ts'

const engine = await testEngine()
const { deps, owner, clock } = engine
const other = await anotherPerson(engine, 'other')
afterAll(engine.close)
beforeEach(async () => {
  await engine.db.pool.query('truncate runs, run_events cascade')
  await writeSettings(owner, { maxLiveRuns: 3 }, deps)
})

const placed = async () => (await listLiveRuns(deps)).length
const withPlace = async () => {
  const claims = await claimRuns({ owner: 'test', leaseMs: 1, limit: 1000 }, deps)
  clock.advance(1)
  return claims.filter(({ run }) => run.hasPlace).map(({ runId }) => runId)
}

test('somebody with one task does not wait behind somebody’s hundred', async () => {
  const many = []
  for (let n = 0; n < 20; n++) many.push(await scriptRun(engine, owner))
  const one = await scriptRun(engine, other)
  expect((await readRun(other, one, deps)).queuePosition).toBe(2)
  await admitNext(deps)
  expect(new Set(await withPlace())).toEqual(new Set([many[0], many[1], one]))
  expect((await readRun(owner, many[2] ?? one, deps)).queuePosition).toBe(1)
})

test('several controllers at once give no more places than there are', async () => {
  for (let n = 0; n < 10; n++) await scriptRun(engine)
  const given = await Promise.all(Array.from({ length: 8 }, () => admitNext(deps)))
  expect(given.reduce((sum, { admitted }) => sum + admitted, 0)).toBe(3)
  expect(await withPlace()).toHaveLength(3)
})

test('a place is free when the run has succeeded: its sandbox folds up by itself', async () => {
  await writeSettings(owner, { maxLiveRuns: 1 }, deps)
  const first = await scriptRun(engine)
  await scriptRun(engine)
  await admitNext(deps)
  const done = { type: 'run.finished', status: 'succeeded', verdict: 'verified', sentence: 'Done.' } as const
  await appendEvents(runner(owner.orgId, first, 1, done), deps)
  expect(await admitNext(deps)).toEqual({ admitted: 1 })
})

test('after any other end a place is free when the sandbox is gone', async () => {
  await writeSettings(owner, { maxLiveRuns: 1 }, deps)
  const first = await scriptRun(engine)
  const second = await scriptRun(engine)
  await admitNext(deps)
  await appendEvents(system(owner.orgId, first, { type: 'run.ended', status: 'failed', code: 'run.lost' }), deps)
  expect(await admitNext(deps)).toEqual({ admitted: 0 })
  await appendEvents(system(owner.orgId, first, { type: 'sandbox.gone' }), deps)
  expect(await admitNext(deps)).toEqual({ admitted: 1 })
  expect((await readRun(owner, second, deps)).queuePosition).toBeNull()
})

test('a run that was cancelled in the queue takes no place and keeps nobody waiting', async () => {
  await writeSettings(owner, { maxLiveRuns: 1 }, deps)
  const first = await scriptRun(engine)
  const second = await scriptRun(engine)
  await cancelRun(owner, first, deps)
  expect((await readRun(owner, second, deps)).queuePosition).toBe(1)
  await admitNext(deps)
  expect(await withPlace()).toEqual([second])
})

test('the clock of the deadline starts with the place, not in the queue', async () => {
  const runId = await scriptRun(engine)
  expect((await readRun(owner, runId, deps)).deadlineAt).toBeNull()
  clock.advance(5 * 3_600_000)
  await admitNext(deps)
  const { deadlineAt } = await readRun(owner, runId, deps)
  expect(deadlineAt).toBe(new Date(deps.now().getTime() + 60 * 60_000).toISOString())
})

test('a list shows the position of each that waits, in the order in which they will start', async () => {
  for (let n = 0; n < 5; n++) await scriptRun(engine)
  await admitNext(deps)
  const { runs } = await listRuns(owner, { limit: 10 }, deps)
  expect(runs.map(({ queuePosition }) => queuePosition)).toEqual([2, 1, null, null, null])
})

test('live runs are those that hold a place or wait for one', async () => {
  const first = await scriptRun(engine)
  await scriptRun(engine)
  await admitNext(deps)
  expect(await placed()).toBe(2)
  await endRun(engine, first)
  expect(await placed()).toBe(1)
})
