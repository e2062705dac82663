import { pushBranchOf } from '@errand/domain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CreateRun, RunId, RunnerEvent } from '@errand/contracts'
import {
  addRepository,
  appendEvents,
  createRun,
  createRuns,
  followUpRun,
  readBatch,
  readRun,
  readRunFacts,
  retryRun,
  retryRuns,
} from '@errand/engine'
import { findRun } from '@errand/store'
import { agent, claimOf, codeOf, endRun, runner, system, type TestEngine, testEngine } from './support/engine.ts'

let engine: TestEngine

beforeAll(async () => {
  engine = await testEngine()
  await addRepository(engine.owner, { name: 'app' }, engine.deps)
  await addRepository(engine.owner, { name: 'docs' }, engine.deps)
})
afterAll(() => engine.close())

/** A run on two repositories that pushed its work in the first one alone. */
async function overRun(more: Partial<CreateRun> = {}): Promise<RunId> {
  const { owner, deps } = engine
  const repositories = [{ repository: 'local/app', branch: 'next' }, { repository: 'local/docs' }]
  const { runId } = await createRun(owner, { prompt: 'Mend it', agent: 'shell', repositories, ...more }, deps)
  await claimOf(engine, runId)
  const changes = {
    repository: 'local/app',
    base: 'a'.repeat(40),
    head: 'b'.repeat(40),
    branch: pushBranchOf(runId, 'Mend it'),
    commits: 1,
    files: 1,
    added: 2,
    removed: 1,
  }
  const worked: RunnerEvent = { type: 'changes.collected', changes }
  await appendEvents(runner(owner.orgId, runId, 1, worked), deps)
  await endRun(engine, runId)
  return runId
}

const specOf = async (runId: RunId) => (await findRun(engine.db, { orgId: engine.owner.orgId, runId }))?.spec
const branches = async (runId: RunId) => (await specOf(runId))?.repositories.map(({ branch }) => branch)

test('a retry begins where the old run began, or on what it pushed', async () => {
  const { owner, deps } = engine
  const runId = await overRun()
  const again = await retryRun(owner, { runId }, deps)
  expect(await branches(again.runId)).toEqual(['next', null])
  const further = await retryRun(owner, { runId, isFromBranch: true }, deps)
  expect(await branches(further.runId)).toEqual([pushBranchOf(runId, 'Mend it'), null])
  expect(await readRun(owner, further.runId, deps)).toMatchObject({ retryOf: runId, parentRunId: null })
})

test('a retry with more of something keeps everything else, and its own retry keeps that too', async () => {
  const { owner, deps } = engine
  const runId = await overRun({ deadlineMinutes: 7, hosts: ['one.example'] })
  const more = await retryRun(owner, { runId, change: { memoryMib: 8192, hosts: ['two.example'] } }, deps)
  const expected = { memoryMib: 8192, deadlineMinutes: 7, hosts: ['one.example', 'two.example'] }
  expect((await specOf(more.runId))?.agent).toMatchObject(expected)
  expect(await readRun(owner, more.runId, deps)).toMatchObject({ limits: { memoryMib: 8192, deadlineMinutes: 7 } })
  await endRun(engine, more.runId)
  const next = await retryRun(owner, { runId: more.runId }, deps)
  expect((await specOf(next.runId))?.agent).toMatchObject(expected)
})

test('what is retried of several attempts is one more of them', async () => {
  const { owner, deps } = engine
  const task = { prompt: 'Mend it', agent: 'shell', repositories: [], attempts: 2 }
  const { batchId, runIds } = await createRuns(owner, task, deps)
  for (const runId of runIds) await endRun(engine, runId)
  const { done } = await retryRuns(owner, runIds, deps)
  const attempts = await readBatch(owner, batchId, deps)
  expect(attempts.map(({ id, batch, batchId: of }) => [id, batch?.attempt, batch?.attempts, of])).toEqual(
    [...runIds, ...done].map((id, n) => [id, n + 1, 4, batchId]),
  )
})

test('what a script cannot have more of is refused', async () => {
  const runId = await overRun()
  expect(await codeOf(retryRun(engine.owner, { runId, change: { maxTurns: 50 } }, engine.deps))).toBe('input.invalid')
})

test('a follow-up goes on from the branch with the words of the person and the first task', async () => {
  const { owner, deps } = engine
  const runId = await overRun()
  const comment = {
    repository: 'local/app',
    path: 'x.ts',
    line: 3,
    side: 'new',
    quote: 'let y',
    text: 'Use const.',
  } as const
  const first = await followUpRun(owner, { runId, comments: [comment] }, deps)
  expect(await branches(first.runId)).toEqual([pushBranchOf(runId, 'Mend it'), null])
  const view = await readRun(owner, first.runId, deps)
  expect(view).toMatchObject({ retryOf: null, parentRunId: runId })
  expect(view.prompt).toContain('x.ts, line 3:\n> let y\nUse const.')
  await endRun(engine, first.runId)
  const second = await followUpRun(owner, { runId: first.runId, text: 'And the tests.' }, deps)
  const { prompt } = await readRun(owner, second.runId, deps)
  expect(prompt).toMatch(/^And the tests\.[\s\S]*Mend it$/)
  expect(prompt).not.toContain('Use const.')
})

test('asked twice with one key a follow-up is made once', async () => {
  const runId = await overRun()
  const ask = () => followUpRun(engine.owner, { runId, text: 'More', idempotencyKey: `key-${runId}` }, engine.deps)
  expect((await ask()).runId).toBe((await ask()).runId)
})

test('there is nothing to go on with before the end, and nothing to say is refused', async () => {
  const { owner, deps } = engine
  const { runId } = await createRun(owner, { prompt: 'x', agent: 'shell', repositories: [] }, deps)
  expect(await codeOf(followUpRun(owner, { runId, text: 'x' }, deps))).toBe('run.not-over')
  const over = await overRun()
  expect(await codeOf(followUpRun(owner, { runId: over, text: ' ' }, deps))).toBe('prompt.empty')
})

test('the facts of a run: what it ran on, whom it reached, who said what, and what each model took', async () => {
  const { owner, deps } = engine
  await agent(engine, 'facts', { runtime: 'claude-code' })
  const { runId } = await createRun(owner, { prompt: 'x', agent: 'facts', repositories: [] }, deps)
  expect(await readRunFacts(owner, runId, deps)).toMatchObject({ executor: null, models: [], hosts: [], answers: [] })
  const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 1, cacheWriteTokens: 2, ms: 3 }
  const asked = { expiresAt: '2026-01-01T00:00:00.000Z', host: 'a.example', port: 443 }
  await appendEvents(
    system(
      owner.orgId,
      runId,
      { type: 'sandbox.started', executor: 'local', limits: '2 cores' },
      { type: 'usage.metered', model: 'big', costUsd: 0.5, ...usage },
      { type: 'usage.metered', model: 'big', costUsd: null, ...usage },
      { type: 'egress.blocked', host: 'a.example', port: 443, code: 'egress.host-denied', command: 'npm ci' },
      { type: 'egress.blocked', host: 'a.example', port: 443, code: 'egress.host-denied' },
      { type: 'host.asked', id: 'h1', ...asked },
      { type: 'question.answered', id: 'h1', answer: 'allow-once', by: 'ada' },
      { type: 'egress.allowed', host: 'a.example', port: 443 },
    ),
    deps,
  )
  const facts = await readRunFacts(owner, runId, deps)
  expect(facts).toMatchObject({ executor: 'local', limits: '2 cores' })
  expect(facts.models).toEqual([
    expect.objectContaining({ model: 'big', calls: 2, inputTokens: 20, costUsd: 0.5, unpricedCalls: 1 }),
  ])
  expect(facts.hosts).toMatchObject([
    { host: 'a.example', isBlocked: true, tries: 2, command: 'npm ci' },
    { host: 'a.example', isBlocked: false, tries: 1, command: null },
  ])
  expect(facts.answers).toMatchObject([{ about: 'a.example:443', answer: 'allow-once', by: 'ada' }])
})
