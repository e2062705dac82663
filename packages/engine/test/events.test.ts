import type { RunEvent } from '@errand/contracts'
import { appendEvents, readEvents, readRun, releaseRun, watchEvents } from '@errand/engine'
import { reduce, type RunState } from '@errand/domain'
import { afterAll, expect, test } from 'vitest'
import { claimOf, codeOf, endRun, runner, scriptRun, system, testEngine, text } from './support/engine.ts'

const engine = await testEngine()
const { deps, owner } = engine
const { orgId } = owner
afterAll(engine.close)

const logOf = (runId: Parameters<typeof readRun>[1]) => readEvents(owner, { runId, after: 0, limit: 1000 }, deps)

test('a batch that comes again is taken and adds nothing, also when it overlaps with new events', async () => {
  const runId = await scriptRun(engine)
  expect(await appendEvents(runner(orgId, runId, 1, text('a'), text('b')), deps)).toEqual({
    kind: 'ok',
    lastSeq: 3,
    accepted: 2,
  })
  expect(await appendEvents(runner(orgId, runId, 1, text('a'), text('b')), deps)).toEqual({
    kind: 'ok',
    lastSeq: 3,
    accepted: 2,
  })
  expect(await appendEvents(runner(orgId, runId, 2, text('b'), text('c')), deps)).toEqual({
    kind: 'ok',
    lastSeq: 4,
    accepted: 3,
  })
  const log = await logOf(runId)
  expect(log.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  expect(log.slice(1).map(({ body }) => (body.type === 'text.appended' ? body.text : body.type))).toEqual([
    'a',
    'b',
    'c',
  ])
})

test('a batch that comes too early is refused with the number that is expected, and nothing of it is kept', async () => {
  const runId = await scriptRun(engine)
  expect(await appendEvents(runner(orgId, runId, 3, text('c')), deps)).toEqual({ kind: 'gap', expected: 1 })
  expect(await logOf(runId)).toHaveLength(1)
})

test('many writers at once leave a log without gap or loss, and the state is its fold', async () => {
  const runId = await scriptRun(engine)
  const runnerWrites = (async () => {
    for (let n = 1; n <= 30; n++) await appendEvents(runner(orgId, runId, n, text(`word ${n}`)), deps)
  })()
  const systemWrites = Array.from({ length: 30 }, (_, n) =>
    appendEvents(system(orgId, runId, { type: 'egress.allowed', host: `h${n}`, port: 443 }), deps),
  )
  await Promise.all([runnerWrites, ...systemWrites])
  const log = await logOf(runId)
  expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: 61 }, (_, index) => index + 1))
  const spoken = log.flatMap(({ body }) => (body.type === 'text.appended' ? [body.text] : []))
  expect(spoken).toEqual(Array.from({ length: 30 }, (_, index) => `word ${index + 1}`))
  expect((await readRun(owner, runId, deps)).state).toEqual(log.reduce<RunState | null>(reduce, null))
})

test('the same batch from two senders at once is there once', async () => {
  const runId = await scriptRun(engine)
  const batch = runner(orgId, runId, 1, text('a'), text('b'))
  await Promise.all(Array.from({ length: 8 }, () => appendEvents(batch, deps)))
  expect(await logOf(runId)).toHaveLength(3)
})

test('what no database takes is replaced, and reader and server still fold to the same', async () => {
  const runId = await scriptRun(engine)
  const at = '2026-01-01T00:00:00Z'
  const words = 'a\u0000b \uD83D c \\u0000 🙂'
  await appendEvents({ orgId, runId, source: 'runner', first: 1, events: [{ at, body: text(words) }] }, deps)
  const log = await logOf(runId)
  expect(log[1]?.body).toEqual(text('a\uFFFDb \uFFFD c \\u0000 🙂'))
  expect((await readRun(owner, runId, deps)).state).toEqual(log.reduce<RunState | null>(reduce, null))
})

test('a run has one outcome, whoever raced for it', async () => {
  const runId = await scriptRun(engine)
  const finished = runner(orgId, runId, 1, {
    type: 'run.finished',
    status: 'succeeded',
    verdict: 'verified',
    sentence: 'Done.',
  })
  const ended = system(orgId, runId, { type: 'run.ended', status: 'failed', code: 'run.lost' })
  await Promise.all([appendEvents(finished, deps), appendEvents(ended, deps), appendEvents(ended, deps)])
  const outcomes = (await logOf(runId)).filter(({ body }) => body.type === 'run.finished' || body.type === 'run.ended')
  expect(outcomes).toHaveLength(1)
  // The runner's number goes on all the same, so that what follows is no gap.
  expect(await appendEvents(runner(orgId, runId, 2, text('bye')), deps)).toMatchObject({ kind: 'ok', accepted: 2 })
})

test('a controller whose lease is with another writes nothing', async () => {
  const runId = await scriptRun(engine)
  const stale = await claimOf(engine, runId)
  engine.clock.advance(10_001)
  const fresh = await claimOf(engine, runId)
  const ended = { type: 'run.ended', status: 'failed', code: 'run.lost' } as const
  expect(await appendEvents({ ...system(orgId, runId, ended), lease: stale }, deps)).toEqual({ kind: 'fenced' })
  expect(await releaseRun({ claim: stale, lookAgainAt: null }, deps)).toBe('fenced')
  expect((await readRun(owner, runId, deps)).state.status).toBe('queued')
  expect(await appendEvents({ ...system(orgId, runId, ended), lease: fresh }, deps)).toMatchObject({ kind: 'ok' })
})

test('an unknown run is a fault, for writers and readers', async () => {
  const unknown = 'run00000000000000000000000000' as Parameters<typeof readRun>[1]
  expect(await codeOf(appendEvents(runner(orgId, unknown, 1, text('a')), deps))).toBe('run.unknown')
  expect(await codeOf(logOf(unknown))).toBe('run.unknown')
  expect(await codeOf(readRun(owner, unknown, deps))).toBe('run.unknown')
})

test('watchers see every event once and in order while it is written, from wherever they start, and end with the run', async () => {
  const runId = await scriptRun(engine)
  const { signal } = new AbortController()
  const watch = async (after: number): Promise<RunEvent[]> => {
    const seen: RunEvent[] = []
    for await (const event of watchEvents(owner, { runId, after, signal }, deps)) seen.push(event)
    return seen
  }
  const watchers = [watch(0), watch(0), watch(3)]
  for (let n = 1; n <= 20; n++) await appendEvents(runner(orgId, runId, n, text(`${n}`)), deps)
  watchers.push(watch(10))
  await endRun(engine, runId)
  const log = await logOf(runId)
  const [first, second, third, late] = await Promise.all(watchers)
  expect(first).toEqual(log)
  expect(second).toEqual(log)
  expect(third).toEqual(log.slice(3))
  expect(late).toEqual(log.slice(10))
  expect(await watch(log.length)).toEqual([])
})

test('a watcher that goes away in the middle ends at once', async () => {
  const runId = await scriptRun(engine)
  const leaving = new AbortController()
  const seen: RunEvent[] = []
  for await (const event of watchEvents(owner, { runId, after: 0, signal: leaving.signal }, deps)) {
    seen.push(event)
    leaving.abort()
  }
  expect(seen).toHaveLength(1)
})
