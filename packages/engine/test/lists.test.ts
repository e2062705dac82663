import { newId, type RunId, type RunnerEvent } from '@errand/contracts'
import {
  type Actor,
  appendEvents,
  cancelRun,
  createRun,
  createRuns,
  keepDraft,
  listDrafts,
  listRuns,
  markAllSeen,
  markRuns,
  pickWinner,
  readBatch,
  readDraft,
  readListedRuns,
  readRunGroup,
  readRunGroups,
  removeDraft,
  retryRuns,
  cancelRuns,
  type RunGroups,
  type RunSearch,
  saveDraft,
  searchRuns,
} from '@errand/engine'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import {
  agent,
  anotherPerson,
  claimOf,
  codeOf,
  endRun,
  runner,
  scriptRun,
  system,
  type TestEngine,
  testEngine,
} from './support/engine.ts'

let engine: TestEngine
const engines: TestEngine[] = []
beforeEach(async () => {
  engine = await testEngine()
  engines.push(engine)
})
afterAll(() => Promise.all(engines.map((one) => one.close())))

const ids = (page: { runs: readonly { id: RunId }[] }) => page.runs.map(({ id }) => id)
const groups = (actor: Actor = engine.owner) => readRunGroups(actor, { limit: 20 }, engine.deps)
const idsByGroup = ({ needs, review, running, queued, done }: RunGroups) => ({
  needs: ids(needs),
  review: ids(review),
  running: ids(running),
  queued: ids(queued),
  done: ids(done),
})
const nothing = { needs: [], review: [], running: [], queued: [], done: [] }

async function begin(runId: RunId, ...more: RunnerEvent[]): Promise<void> {
  const { owner, deps } = engine
  await appendEvents(system(owner.orgId, runId, { type: 'run.admitted' }), deps)
  await appendEvents(runner(owner.orgId, runId, 1, { type: 'step.started', step: 'agent' }, ...more), deps)
}

async function fired(
  prompt: string,
  more: { agent?: string; repositories?: { repository: string }[] } = {},
): Promise<RunId> {
  engine.clock.advance(1)
  return (await createRun(engine.owner, { prompt, agent: 'shell', repositories: [], ...more }, engine.deps)).runId
}

describe('groups', () => {
  test('a run goes from queued through running and needs-you to review, and is done once it was seen', async () => {
    const { owner, deps } = engine
    const runId = await scriptRun(engine)
    expect(idsByGroup(await groups())).toEqual({ ...nothing, queued: [runId] })
    await begin(runId)
    expect(idsByGroup(await groups())).toEqual({ ...nothing, running: [runId] })
    const expiresAt = '2026-01-01T00:10:00.000Z'
    const asks = { type: 'question.asked', id: 'q1', tool: 'Bash', target: 'rm', input: '{}', expiresAt } as const
    await appendEvents(runner(owner.orgId, runId, 2, asks), deps)
    expect(idsByGroup(await groups())).toEqual({ ...nothing, needs: [runId] })
    await endRun(engine, runId)
    expect(idsByGroup(await groups())).toEqual({ ...nothing, review: [runId] })
    await markRuns(owner, { runIds: [runId], isSeen: true }, deps)
    expect(idsByGroup(await groups())).toEqual({ ...nothing, done: [runId] })
    await markRuns(owner, { runIds: [runId], isSeen: false }, deps)
    expect(idsByGroup(await groups())).toEqual({ ...nothing, review: [runId] })
    await markRuns(owner, { runIds: [runId], isArchived: true }, deps)
    expect(idsByGroup(await groups())).toEqual(nothing)
    await markRuns(owner, { runIds: [runId], isArchived: false }, deps)
    expect(idsByGroup(await groups())).toEqual({ ...nothing, review: [runId] })
  })

  test('what somebody else fired is nothing for me to review, and my marks are not theirs', async () => {
    const ada = await anotherPerson(engine, 'ada')
    const runId = await scriptRun(engine, ada)
    await endRun(engine, runId)
    expect(idsByGroup(await groups())).toEqual({ ...nothing, done: [runId] })
    expect(idsByGroup(await groups(ada))).toEqual({ ...nothing, review: [runId] })
    await markRuns(engine.owner, { runIds: [runId], isArchived: true }, engine.deps)
    expect(idsByGroup(await groups())).toEqual(nothing)
    expect(idsByGroup(await groups(ada))).toEqual({ ...nothing, review: [runId] })
  })

  test('every page of every group comes once, in order', async () => {
    const made: RunId[] = []
    for (let n = 0; n < 9; n++) made.push(await scriptRun(engine))
    for (const runId of made) await endRun(engine, runId)
    await markRuns(engine.owner, { runIds: made.filter((_, n) => n % 2 === 0), isSeen: true }, engine.deps)
    const walk = async (group: 'review' | 'done') => {
      const seen: RunId[] = []
      let before: RunId | undefined
      do {
        const page = await readRunGroup(engine.owner, { group, before, limit: 2 }, engine.deps)
        seen.push(...ids(page))
        before = page.next ?? undefined
      } while (before !== undefined)
      return seen
    }
    expect(await walk('review')).toEqual(made.filter((_, n) => n % 2 === 1).toReversed())
    expect(await walk('done')).toEqual(made.filter((_, n) => n % 2 === 0).toReversed())
  })

  test('counts stop at a hundred and say so', async () => {
    const { owner, deps } = engine
    for (let n = 0; n < 101; n++) await scriptRun(engine)
    const { queued, places } = await groups()
    expect(queued).toMatchObject({ count: 100, isMore: true })
    expect(queued.runs).toHaveLength(20)
    expect(places).toEqual({ taken: 0, limit: deps.maxLiveRuns })
    const rows = await readListedRuns(owner, ids(queued).slice(0, 3), deps)
    expect(rows.map(({ queuePosition }) => queuePosition)).toEqual([101, 100, 99])
  })

  test('all that ended is seen at once, what lives stays', async () => {
    const [ended, live] = [await scriptRun(engine), await scriptRun(engine)]
    await endRun(engine, ended)
    const { runIds } = await markAllSeen(engine.owner, engine.deps)
    expect(runIds).toEqual([ended])
    await endRun(engine, live)
    expect(idsByGroup(await groups())).toEqual({ ...nothing, review: [live], done: [ended] })
  })

  test('another organisation’s runs can be neither read nor marked', async () => {
    const runId = await scriptRun(engine)
    const stranger = { ...engine.owner, orgId: newId('org', engine.clock.now()) }
    expect(await readListedRuns(stranger, [runId], engine.deps)).toEqual([])
    expect(await codeOf(markRuns(stranger, { runIds: [runId], isSeen: true }, engine.deps))).toBe('run.unknown')
    expect(idsByGroup(await groups(stranger))).toEqual(nothing)
  })
})

describe('search', () => {
  const found = async (search: Partial<RunSearch>) =>
    ids(await searchRuns(engine.owner, { limit: 50, ...search }, engine.deps))

  test('finds words in the titles whatever their case, and takes % and _ as they are', async () => {
    const [dates, percent] = [await fired('Fix the Flaky date tests'), await fired('Raise coverage to 90 % of lib_a')]
    await fired('Something else')
    expect(await found({ text: 'flaky DATE' })).toEqual([dates])
    expect(await found({ text: '90 %' })).toEqual([percent])
    expect(await found({ text: 'lib_' })).toEqual([percent])
    expect(await found({ text: 'libxa' })).toEqual([])
    expect(await found({ text: 'zz' })).toEqual([])
    expect(await found({ text: '' })).toHaveLength(3)
  })

  test('without the word index the same is found by looking through the runs', async () => {
    const dates = await fired('Fix the flaky date tests')
    await engine.db.pool.query('drop index runs_by_words')
    expect(await found({ text: 'FLAKY' })).toEqual([dates])
  })

  test('by status, agent and repository, one or all together', async () => {
    const { owner, deps } = engine
    await agent(engine, 'other', { runtime: 'script' })
    const demo = [{ repository: 'local/demo' }]
    const here = await fired('one', { repositories: demo })
    const there = await fired('two', { repositories: demo, agent: 'other' })
    const nowhere = await fired('three')
    await endRun(engine, here)
    expect(await found({ repository: 'local/demo' })).toEqual([there, here])
    expect(await found({ repository: 'local/demo', agent: 'other' })).toEqual([there])
    expect(await found({ agent: 'shell' })).toEqual([nowhere, here])
    expect(await found({ status: ['queued'] })).toEqual([nowhere, there])
    expect(await found({ status: ['failed'], agent: 'shell', repository: 'local/demo', text: 'one' })).toEqual([here])
    expect(await codeOf(found({ agent: 'nobody' }))).toBe('agent.unknown')
    await markRuns(owner, { runIds: [here], isArchived: true }, deps)
    expect(await found({ archive: 'archived' })).toEqual([here])
    expect(await found({ archive: 'kept' })).toEqual([nowhere, there])
    expect(await found({})).toHaveLength(3)
  })

  test('pages lead through all that fits, none twice', async () => {
    const made: RunId[] = []
    for (let n = 0; n < 7; n++) made.push(await fired(n % 2 === 0 ? `even ${n}` : `odd ${n}`))
    const seen: RunId[] = []
    let before: RunId | undefined
    do {
      const page = await searchRuns(engine.owner, { text: 'even', limit: 2, before }, engine.deps)
      seen.push(...ids(page))
      before = page.next ?? undefined
    } while (before !== undefined)
    expect(seen).toEqual(made.filter((_, n) => n % 2 === 0).toReversed())
  })
})

describe('several at once', () => {
  test('attempts at one task are a batch, and its key gives the same one again', async () => {
    const { owner, deps } = engine
    const task = { prompt: 'true', agent: 'shell', repositories: [], attempts: 3, idempotencyKey: 'k' }
    const first = await createRuns(owner, task, deps)
    expect(await createRuns(owner, task, deps)).toEqual(first)
    const runs = await readBatch(owner, first.batchId, deps)
    expect(runs.map(({ id, batch }) => [id, batch])).toEqual(
      first.runIds.map((id, n) => [id, { id: first.batchId, attempt: n + 1, attempts: 3, isWinner: false }]),
    )
    expect((await listRuns(owner, { limit: 10 }, deps)).runs).toHaveLength(3)
    expect(await codeOf(createRuns(owner, { ...task, attempts: 1 }, deps))).toBe('input.invalid')
    expect(await codeOf(readBatch(owner, newId('batch', engine.clock.now()), deps))).toBe('run.unknown')
  })

  test('one attempt is picked, another instead, or none; a run from elsewhere never', async () => {
    const { owner, deps } = engine
    const { batchId, runIds } = await createRuns(
      owner,
      { prompt: 'true', agent: 'shell', repositories: [], attempts: 2 },
      deps,
    )
    const winners = async () => (await readBatch(owner, batchId, deps)).map(({ batch }) => batch?.isWinner)
    await pickWinner(owner, { batchId, runId: runIds[1] ?? null }, deps)
    expect(await winners()).toEqual([false, true])
    const elsewhere = await scriptRun(engine)
    expect(await codeOf(pickWinner(owner, { batchId, runId: elsewhere }, deps))).toBe('run.unknown')
    await pickWinner(owner, { batchId, runId: null }, deps)
    expect(await winners()).toEqual([false, false])
  })

  test('stopping several stops those that go on and says why not the others', async () => {
    const { owner, deps } = engine
    const [over, live] = [await scriptRun(engine), await scriptRun(engine)]
    await endRun(engine, over)
    const answer = await cancelRuns(owner, [over, live], deps)
    expect(answer.done).toEqual([live])
    expect(answer.refused).toMatchObject([{ runId: over, fault: { code: 'run.over' } }])
  })

  test('what was retried needs no look any more', async () => {
    const { owner, deps } = engine
    const old = await scriptRun(engine)
    await endRun(engine, old)
    engine.clock.advance(1)
    const answer = await retryRuns(owner, [old], deps)
    expect(idsByGroup(await groups())).toEqual({ ...nothing, queued: answer.done, done: [old] })
  })
})

test('a list holds the command that proved a run and not its output', async () => {
  const { owner, deps } = engine
  const runId = await scriptRun(engine)
  await claimOf(engine, runId)
  const evidence = { command: 'npm test', exitCode: 0, ms: 5, output: 'x'.repeat(1000) }
  await begin(runId, { type: 'verify.finished', evidence })
  const [row] = await readListedRuns(owner, [runId], deps)
  expect(row?.state.evidence).toEqual({ ...evidence, output: '' })
  await cancelRun(owner, runId, deps)
})

describe('drafts', () => {
  test('what is being written is there on another device, and gone once it is sent', async () => {
    const { owner, deps, clock } = engine
    const draft = { prompt: 'half a sen', inputs: [], budgetUsd: 2 }
    expect(await readDraft(owner, deps)).toBeNull()
    await saveDraft(owner, { prompt: 'half', inputs: [] }, deps)
    clock.advance(1)
    await saveDraft(owner, draft, deps)
    expect(await readDraft(owner, deps)).toMatchObject({ draft })
    expect(await readDraft(await anotherPerson(engine, 'ada'), deps)).toBeNull()
    await saveDraft(owner, null, deps)
    expect(await readDraft(owner, deps)).toBeNull()
  })

  test('a task can be put aside and taken up again', async () => {
    const { owner, deps } = engine
    const { id } = await keepDraft(owner, { prompt: 'later', inputs: [] }, deps)
    expect(await listDrafts(owner, deps)).toMatchObject([{ id, draft: { prompt: 'later' } }])
    await removeDraft(owner, id, deps)
    expect(await listDrafts(owner, deps)).toEqual([])
  })
})
