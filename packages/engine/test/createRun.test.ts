import { Readable } from 'node:stream'
import type { CreateRun, RunId } from '@errand/contracts'
import { pushBranchOf } from '@errand/domain'
import {
  admitNext,
  applyDocument,
  authenticateRun,
  cancelRun,
  createRun,
  issueRunToken,
  listRepositories,
  listRuns,
  putInput,
  readEvents,
  readRun,
  readRunSpec,
  retryRun,
  setCredentialSecret,
} from '@errand/engine'
import { afterAll, afterEach, expect, test } from 'vitest'
import { agent, claimOf, codeOf, endRun, scriptRun, testEngine } from './support/engine.ts'

const engine = await testEngine()
const { deps, owner, clock, machine } = engine
afterAll(engine.close)
afterEach(() => {
  machine.mayRunAnyAgent = true
})

const create = (input: CreateRun) => createRun(owner, input, deps)
const specOf = async (runId: RunId) => {
  const issued = await issueRunToken({ claim: await claimOf(engine, runId) }, deps)
  if (issued.kind === 'fenced') throw new Error('the run was taken')
  const grant = await authenticateRun(issued.token, deps)
  await endRun(engine, runId)
  return { grant, spec: await readRunSpec(grant, deps) }
}

test('the same key and request give the same run, however often and at once; another request with it is refused', async () => {
  const input = { prompt: 'do it', agent: 'shell', idempotencyKey: 'k1' }
  const made = await Promise.all(Array.from({ length: 6 }, () => create(input)))
  expect(new Set(made.map(({ runId }) => runId)).size).toBe(1)
  expect(await create({ idempotencyKey: 'k1', agent: 'shell', prompt: 'do it' })).toEqual(made[0])
  expect(await codeOf(create({ ...input, prompt: 'do something else' }))).toBe('idempotency.conflict')
})

test('a run that was made is there with its first event, and waits', async () => {
  const { runId } = await create({ prompt: 'x', agent: 'shell' })
  const run = await readRun(owner, runId, deps)
  expect(run).toMatchObject({
    prompt: 'x',
    agent: 'shell',
    desired: 'done',
    state: { status: 'queued', seq: 1 },
    createdBy: { name: 'owner' },
  })
  expect(await readEvents(owner, { runId, after: 0, limit: 10 }, deps)).toMatchObject([
    { seq: 1, body: { type: 'run.created', by: 'owner' } },
  ])
  await cancelRun(owner, runId, deps)
  await endRun(engine, runId)
})

const refused: Record<string, { input: CreateRun; code: string }> = {
  'an empty prompt': { input: { prompt: ' \n' }, code: 'prompt.empty' },
  'a prompt of a megabyte': { input: { prompt: 'x'.repeat(1_000_000) }, code: 'prompt.too-large' },
  'a prompt beyond the limit in bytes, not in characters': {
    input: { prompt: 'ü'.repeat(100_001) },
    code: 'prompt.too-large',
  },
  'a NUL in the prompt': { input: { prompt: 'a\u0000' }, code: 'input.invalid' },
  'an unknown agent': { input: { prompt: 'x', agent: 'nobody' }, code: 'agent.unknown' },
  'an unknown local repository': {
    input: { prompt: 'x', repositories: [{ repository: 'local/nothing' }] },
    code: 'repository.unknown',
  },
  'a bare word for a repository': {
    input: { prompt: 'x', repositories: [{ repository: 'nothing' }] },
    code: 'repository.unknown',
  },
  'a path for a repository': {
    input: { prompt: 'x', repositories: [{ repository: '/srv/app' }] },
    code: 'input.invalid',
  },
  'a password in an address': {
    input: { prompt: 'x', repositories: [{ repository: 'https://me:pw@example.org/a' }] },
    code: 'input.invalid',
  },
  'a climbing address': {
    input: { prompt: 'x', repositories: [{ repository: 'https://example.org/../a' }] },
    code: 'input.invalid',
  },
  'the same repository twice': {
    input: {
      prompt: 'x',
      repositories: [{ repository: 'https://example.org/a' }, { repository: 'https://EXAMPLE.org/a.git' }],
    },
    code: 'input.invalid',
  },
  'a branch that git would not take': {
    input: { prompt: 'x', repositories: [{ repository: 'local/demo', branch: '--upload-pack=x' }] },
    code: 'input.invalid',
  },
  'an input that nobody uploaded': {
    input: { prompt: 'x', inputs: [{ name: 'a', sha256: '0'.repeat(64), sizeBytes: 1 }] },
    code: 'input.invalid',
  },
  'a budget for a script': { input: { prompt: 'x', agent: 'shell', budgetUsd: 1 }, code: 'input.invalid' },
  'a field that is not known': { input: { prompt: 'x', modle: 'y' } as CreateRun, code: 'input.invalid' },
}

test.each(Object.entries(refused))('refused: %s', async (_, { input, code }) => {
  expect(await codeOf(create(input))).toBe(code)
})

test('an agent whose credential has no value is refused before anything starts', async () => {
  await agent(engine, 'keyed', { runtime: 'claude-code', credential: 'main-key' })
  expect(await codeOf(create({ prompt: 'x', agent: 'keyed' }))).toBe('credential.missing')
  await setCredentialSecret(owner, { name: 'main-key', spec: { type: 'anthropic-key' } }, deps)
  expect(await codeOf(create({ prompt: 'x', agent: 'keyed' }))).toBe('credential.missing')
  await setCredentialSecret(owner, { name: 'main-key', secret: 'sk-test' }, deps)
  expect(await codeOf(create({ prompt: 'x', agent: 'keyed' }))).toBe('no fault')
})

test('where the machine cannot isolate, only the built-in demo on its own repository runs', async () => {
  machine.mayRunAnyAgent = false
  expect(await codeOf(create({ prompt: 'x', agent: 'demo' }))).toBe('no fault')
  expect(await codeOf(create({ prompt: 'x', agent: 'demo', verify: 'rm -rf ~' }))).toBe('agent.isolation-required')
  expect(
    await codeOf(create({ prompt: 'x', agent: 'demo', repositories: [{ repository: 'https://example.org/a' }] })),
  ).toBe('agent.isolation-required')
  expect(await codeOf(create({ prompt: 'x', agent: 'default' }))).toBe('agent.isolation-required')
  expect(await codeOf(create({ prompt: 'x', agent: 'shell' }))).toBe('agent.isolation-required')
})

test('several repositories lie side by side, each with a folder and the run’s own branch', async () => {
  const { runId } = await create({
    prompt: 'x',
    agent: 'shell',
    repositories: [
      { repository: 'https://example.org/a/app', branch: 'next' },
      { repository: 'https://example.org/b/app.git' },
      { repository: 'local/demo' },
    ],
  })
  const { repositories } = await readRun(owner, runId, deps)
  expect(repositories).toEqual([
    {
      name: 'https://example.org/a/app',
      url: 'https://example.org/a/app',
      dir: 'app',
      branch: 'next',
      pushBranch: pushBranchOf(runId, 'x'),
    },
    {
      name: 'https://example.org/b/app.git',
      url: 'https://example.org/b/app.git',
      dir: 'app-2',
      branch: null,
      pushBranch: pushBranchOf(runId, 'x'),
    },
    { name: 'local/demo', url: 'errand://local/demo', dir: 'demo', branch: null, pushBranch: pushBranchOf(runId, 'x') },
  ])
  expect((await listRepositories(owner, deps)).map(({ repository }) => repository)).toContain(
    'https://example.org/a/app',
  )
})

test('a change of the agent does not reach a run that was made before, and does reach its retry', async () => {
  await agent(engine, 'frozen', { runtime: 'script', script: 'echo one', verify: 'true' })
  const { runId } = await create({ prompt: 'x', agent: 'frozen', deadlineMinutes: 7 })
  await agent(engine, 'frozen', { runtime: 'script', script: 'echo two' })
  expect((await specOf(runId)).spec).toMatchObject({ runtime: { kind: 'script', script: 'echo one' }, verify: 'true' })

  const retry = await retryRun(owner, { runId }, deps)
  expect(await readRun(owner, retry.runId, deps)).toMatchObject({
    retryOf: runId,
    agentVersion: 2,
    prompt: 'x',
    state: { retryOf: runId },
  })
  await admitNext(deps)
  const { deadlineAt } = await readRun(owner, retry.runId, deps)
  expect(deadlineAt).toBe(new Date(deps.now().getTime() + 7 * 60_000).toISOString())
  expect(await codeOf(retryRun(owner, { runId: retry.runId }, deps))).toBe('run.not-over')
})

test('every field of the request arrives at the runner', async () => {
  // The demo model goes by its own name, whatever the agent pins.
  await setCredentialSecret(owner, { name: 'any', spec: { type: 'anthropic-key' }, secret: 'sk-test' }, deps)
  await agent(engine, 'full', {
    runtime: 'claude-code',
    credential: 'any',
    model: 'm',
    systemPrompt: 's',
    maxTurns: 3,
    outputSchema: { type: 'object' },
    setup: 'make',
    env: { CI: '1' },
    noProgressMinutes: 2,
    allowedTools: ['Bash(make *)'],
    answerMinutes: 5,
  })
  const input = await putInput(owner, { name: 'notes.md', body: Readable.from(['hello']) }, deps)
  const { runId } = await create({
    prompt: 'p',
    agent: 'full',
    repositories: [],
    inputs: [input],
    budgetUsd: 2,
    verify: 'v',
    network: 'full',
    autonomy: 'plan',
    onBlockedHost: 'refuse',
  })
  const { spec, grant } = await specOf(runId)
  expect(spec).toEqual({
    runId,
    prompt: 'p',
    runtime: {
      kind: 'claude-code',
      model: 'm',
      systemPrompt: 's',
      maxTurns: 3,
      outputSchema: { type: 'object' },
      autonomy: 'plan',
      allowedTools: ['Bash(make *)'],
    },
    repositories: [],
    inputs: [input],
    setup: 'make',
    verify: 'v',
    env: { CI: '1' },
    budgetUsd: 2,
    deadlineAt: grant.deadlineAt.toISOString(),
    noProgressMs: 120_000,
    answerMs: 300_000,
    onBlockedHost: 'refuse',
    maxArtifactBytes: 512 * 1_048_576,
    maxArtifacts: 1_000,
  })
  expect(grant).toMatchObject({
    network: 'full',
    budgetUsd: 2,
    spentUsd: 0,
    credential: 'any',
    desired: 'done',
    isOver: false,
  })
})

test('nothing named and nothing configured is the demo; with a model it is the default agent', async () => {
  const fresh = await testEngine()
  const agentOf = async (input: CreateRun) => {
    const { runId } = await createRun(fresh.owner, input, fresh.deps)
    const run = await readRun(fresh.owner, runId, fresh.deps)
    return [run.agent, run.repositories.map(({ name }) => name)]
  }
  try {
    expect(await agentOf({ prompt: 'Fix the failing test' })).toEqual(['demo', ['local/demo']])
    expect(await agentOf({ prompt: 'x', repositories: [] })).toEqual(['default', []])
    await setCredentialSecret(fresh.owner, { name: 'key', spec: { type: 'anthropic-key' }, secret: 'sk' }, fresh.deps)
    expect(await agentOf({ prompt: 'Fix the failing test' })).toEqual(['default', []])
  } finally {
    await fresh.close()
  }
})

test('pages of a list meet without a gap and without a double, also for one status', async () => {
  const fresh = await testEngine()
  try {
    const made: RunId[] = []
    for (let n = 0; n < 25; n++) made.push(await scriptRun(fresh))
    for (const runId of made.filter((_, index) => index % 5 === 0)) await endRun(fresh, runId)
    const walk = async (status?: readonly ['failed']) => {
      const seen: RunId[] = []
      for (let before: RunId | undefined; ;) {
        const page = await listRuns(fresh.owner, { before, limit: 4, status }, fresh.deps)
        seen.push(...page.runs.map(({ id }) => id))
        if (page.next === null) return seen
        before = page.next
      }
    }
    expect(await walk()).toEqual(made.toReversed())
    expect(await walk(['failed'])).toEqual(made.filter((_, index) => index % 5 === 0).toReversed())
  } finally {
    await fresh.close()
  }
})

test('a list carries the beginning of a long prompt and no evidence', async () => {
  clock.advance(1_000)
  const { runId } = await create({ prompt: 'é'.repeat(2_000), agent: 'shell' })
  const { runs } = await listRuns(owner, { limit: 1 }, deps)
  expect(runs[0]).toMatchObject({ id: runId, prompt: 'é'.repeat(500) })
  expect((await readRun(owner, runId, deps)).prompt).toHaveLength(2_000)
})

test('cancelling is asked for once and is refused when the run is over', async () => {
  const runId = await scriptRun(engine)
  await cancelRun(owner, runId, deps)
  await cancelRun(owner, runId, deps)
  const log = await readEvents(owner, { runId, after: 0, limit: 10 }, deps)
  expect(log.filter(({ body }) => body.type === 'cancel.requested')).toHaveLength(1)
  expect(await readRun(owner, runId, deps)).toMatchObject({ desired: 'cancelled' })
  await endRun(engine, runId)
  expect(await codeOf(cancelRun(owner, runId, deps))).toBe('run.over')
})

test('a run token opens its run, and nothing from the moment the run is over', async () => {
  const runId = await scriptRun(engine)
  const issued = await issueRunToken({ claim: await claimOf(engine, runId) }, deps)
  const token = issued.kind === 'ok' ? issued.token : ''
  expect(await authenticateRun(token, deps)).toMatchObject({ runId, orgId: owner.orgId })
  expect(await codeOf(authenticateRun(`${token.slice(0, -1)}_`, deps))).toBe('token.invalid')
  expect(await codeOf(authenticateRun('nonsense', deps))).toBe('token.invalid')
  await endRun(engine, runId)
  expect(await codeOf(authenticateRun(token, deps))).toBe('token.dead')
  const stored = await engine.db.pool.query('select * from run_tokens')
  expect(JSON.stringify(stored.rows)).not.toContain(token)
})

test('a changed document of a built-in agent is the person’s own from then on', async () => {
  const source = 'kind: Agent\nname: shell\nspec: { runtime: script, verify: "true" }\n'
  expect(await applyDocument(owner, { source }, deps)).toMatchObject({ change: 'updated', version: 2 })
})
