import {
  appendEvents,
  admitNext,
  cancelRun,
  claimRuns,
  issueRunToken,
  lookForWork,
  releaseRun,
  renewLease,
  wakeRuns,
} from '@errand/engine'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { claimOf, endRun, runner, scriptRun, system, testEngine, text } from './support/engine.ts'

const engine = await testEngine()
const { deps, owner, clock } = engine
const { orgId } = owner
afterAll(engine.close)
beforeEach(async () => {
  await engine.db.pool.query('truncate runs, run_events cascade')
})

const claim = (limit = 100) => claimRuns({ owner: 'test', leaseMs: 10_000, limit }, deps)
const later = (ms: number) => new Date(deps.now().getTime() + ms)

test('many controllers at once take each due run exactly once', async () => {
  const runIds = new Set<string>()
  for (let n = 0; n < 30; n++) runIds.add(await scriptRun(engine))
  await admitNext(deps)
  const taken = (await Promise.all(Array.from({ length: 6 }, () => claim(10)))).flat().map(({ runId }) => runId)
  const rest = (await claim()).map(({ runId }) => runId)
  expect([...taken, ...rest].toSorted()).toEqual([...runIds].toSorted())
})

test('a run whose controller died is due again when the lease ends, with another token', async () => {
  const runId = await scriptRun(engine)
  const first = await claimOf(engine, runId)
  clock.advance(9_999)
  expect(await claim()).toEqual([])
  clock.advance(1)
  const second = await claimOf(engine, runId)
  expect(second.leaseToken).not.toBe(first.leaseToken)
  expect(await renewLease({ claim: first, leaseMs: 10_000 }, deps)).toBe('fenced')
})

test('a renewed lease holds as long as it says', async () => {
  const held = await claimOf(engine, await scriptRun(engine))
  clock.advance(9_000)
  expect(await renewLease({ claim: held, leaseMs: 10_000 }, deps)).toBe('ok')
  clock.advance(9_999)
  expect(await claim()).toEqual([])
})

test('what happens while a run is held makes it due at its release, whatever the holder had planned', async () => {
  const runId = await scriptRun(engine)
  const held = await claimOf(engine, runId)
  await cancelRun(owner, runId, deps)
  expect(await claim()).toEqual([])
  expect(await releaseRun({ claim: held, lookAgainAt: later(60_000) }, deps)).toBe('ok')
  const [again] = await claim()
  expect(again).toMatchObject({ runId, run: { desired: 'cancelled' } })
})

test('a wake-up between a renewal and the release is not lost either', async () => {
  const runId = await scriptRun(engine)
  const held = await claimOf(engine, runId)
  await cancelRun(owner, runId, deps)
  await renewLease({ claim: held, leaseMs: 30_000 }, deps)
  await releaseRun({ claim: held, lookAgainAt: null }, deps)
  expect(await claim()).toHaveLength(1)
})

test('text wakes nobody', async () => {
  const runId = await scriptRun(engine)
  await releaseRun({ claim: await claimOf(engine, runId), lookAgainAt: later(60_000) }, deps)
  await appendEvents(runner(orgId, runId, 1, text('a'), text('b')), deps)
  expect(await claim()).toEqual([])
  expect((await lookForWork(deps)).nextWakeAt).toEqual(later(60_000))
})

test('a run whose sandbox is gone is never due again', async () => {
  const runId = await scriptRun(engine)
  const held = await claimOf(engine, runId)
  await endRun(engine, runId)
  await releaseRun({ claim: held, lookAgainAt: null }, deps)
  expect(await wakeRuns([runId], deps)).toEqual([])
  expect((await lookForWork(deps)).nextWakeAt).toBeNull()
})

test('waking says for which runs it was news', async () => {
  const due = await scriptRun(engine)
  const resting = await scriptRun(engine)
  await releaseRun({ claim: await claimOf(engine, resting), lookAgainAt: later(60_000) }, deps)
  clock.advance(10_000)
  expect(await wakeRuns([due, resting], deps)).toEqual([resting])
})

test('only who holds the run gets its token, and a new token ends the old one', async () => {
  const runId = await scriptRun(engine)
  const stale = await claimOf(engine, runId)
  clock.advance(10_001)
  const fresh = await claimOf(engine, runId)
  expect(await issueRunToken({ claim: stale }, deps)).toEqual({ kind: 'fenced' })
  expect(await issueRunToken({ claim: fresh }, deps)).toMatchObject({ kind: 'ok' })
})

test('a wake-up reaches a listening controller as an id and nothing else', async () => {
  const heard: string[] = []
  const client = await engine.db.pool.connect()
  client.on('notification', ({ payload }) => heard.push(payload ?? ''))
  await client.query('listen run_wake')
  const runId = await scriptRun(engine)
  await appendEvents(system(orgId, runId, { type: 'egress.allowed', host: 'h', port: 1 }), deps)
  await admitNext(deps)
  await client.query('select 1')
  client.release(true)
  expect(heard).toEqual([runId])
})
