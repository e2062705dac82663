import { type RunId, type RunnerEvent } from '@errand/contracts'
import {
  type Actor,
  appendEvents,
  applyDocument,
  createRun,
  answerGatewayRequest,
  preflightRun,
  type PreflightInput,
  watchRuns,
  markRuns,
  requestCredentialTest,
  setCredentialSecret,
  takeGatewayRequests,
  writeSettings,
} from '@errand/engine'
import { until } from '@errand/testkit'
import { afterAll, beforeEach, expect, test } from 'vitest'
import {
  agent,
  anotherPerson,
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

const preflight = (input: PreflightInput = {}, actor: Actor = engine.owner) => preflightRun(actor, input, engine.deps)
const codes = async (input: PreflightInput) =>
  (await preflight(input)).obstacles.map(({ code, fix, isRefused }) => ({ code, fix: fix?.kind ?? null, isRefused }))

test('with nothing configured the demo is ready, and says what it would be', async () => {
  const { obstacles, plan, placeInLine, estimate } = await preflight()
  expect(obstacles).toEqual([])
  expect(plan).toMatchObject({
    agent: 'demo',
    isDemo: true,
    network: 'none',
    repositories: [{ repository: 'local/demo' }],
  })
  expect(placeInLine).toBeNull()
  expect(estimate).toBeNull()
})

test('a server that wants a key which is missing is named before anything runs', async () => {
  const { owner, deps } = engine
  const env = 'env: { API_KEY: { credential: weather } }'
  const server = `spec: { type: hosted, package: { registry: npm, name: weather, version: 1.0.0 }, ${env} }`
  await applyDocument(owner, { source: `kind: McpServer\nname: weather\n${server}\n` }, deps)
  const source =
    'kind: Agent\nname: asks\nspec: { runtime: claude-code, credential: demo, mcp: [{ server: weather }] }\n'
  await applyDocument(owner, { source }, deps)
  const missing = {
    code: 'mcp.credential-missing',
    detail: 'weather: There is no credential weather.',
    isRefused: false,
  }
  expect((await preflight({ agent: 'asks' })).obstacles).toContainEqual(expect.objectContaining(missing))
  await setCredentialSecret(owner, { name: 'weather', spec: { type: 'secret' }, secret: 'k' }, deps)
  expect((await codes({ agent: 'asks' })).map(({ code }) => code)).not.toContain('mcp.credential-missing')
})

test('a key that did not work when it was tested is named before anything is fired, until it is another', async () => {
  const { owner, deps } = engine
  const key = (secret: string) =>
    setCredentialSecret(owner, { name: 'main', spec: { type: 'anthropic-key' }, secret }, deps)
  await key('sk-old')
  const asked = requestCredentialTest(owner, 'main', deps)
  const [request] = await until(async () => {
    const taken = await takeGatewayRequests({ limit: 10 }, deps)
    return taken.length > 0 && taken
  })
  if (request === undefined) throw new Error('nothing was asked')
  const answer = { ok: false, words: 'It was refused.', ms: 3 }
  await answerGatewayRequest({ orgId: owner.orgId, id: request.id, answer }, deps)
  await asked
  expect((await preflight()).obstacles).toMatchObject([
    { code: 'credential.failed-test', detail: 'main: It was refused.', isRefused: false },
  ])
  await key('sk-new')
  expect((await preflight()).obstacles).toEqual([])
})

test('every obstacle is one that firing meets too, or a warning, and each has its remedy', async () => {
  await agent(engine, 'keyed', { runtime: 'claude-code', credential: 'main' })
  expect(await codes({ agent: 'nobody' })).toEqual([{ code: 'agent.unknown', fix: 'choose-agent', isRefused: true }])
  expect(await codes({ agent: 'keyed' })).toEqual([
    { code: 'credential.missing', fix: 'add-credential', isRefused: true },
  ])
  expect(await codes({ agent: 'shell', repositories: [{ repository: 'local/none' }] })).toEqual([
    { code: 'repository.unknown', fix: 'add-repository', isRefused: true },
  ])
  expect(await codes({ agent: 'shell', repositories: [{ repository: 'git@host:a/b' }] })).toMatchObject([
    { code: 'input.invalid', isRefused: true },
  ])
  expect(await codes({ agent: 'shell', budgetUsd: 1 })).toMatchObject([{ code: 'input.invalid', isRefused: true }])
  expect(await codes({ agent: 'default', repositories: [{ repository: 'https://git.example/a' }] })).toEqual([
    { code: 'credential.missing', fix: 'add-credential', isRefused: false },
  ])
  engine.machine.mayRunAnyAgent = false
  expect(await codes({ agent: 'shell' })).toEqual([
    { code: 'agent.isolation-required', fix: 'see-boundary', isRefused: true },
  ])
  expect(await codes({})).toEqual([])
})

test('with a key of one’s own the default agent is ready', async () => {
  const spec = { type: 'anthropic-key' } as const
  await setCredentialSecret(engine.owner, { name: 'main', spec, secret: 'sk-canary' }, engine.deps)
  expect(await preflight({ budgetUsd: 2 })).toMatchObject({
    obstacles: [],
    plan: { agent: 'default', isDemo: false, budgetUsd: 2 },
  })
})

test('a repository that could not be cloned the last time is named, until it could', async () => {
  const { owner, deps, clock } = engine
  const repositories = [{ repository: 'https://git.example:8443/a/b' }]
  const once = async (code: 'repository.clone-failed' | 'script.failed') => {
    clock.advance(1)
    const { runId } = await createRun(owner, { prompt: 'true', agent: 'shell', repositories }, deps)
    await appendEvents(system(owner.orgId, runId, { type: 'run.ended', status: 'failed', code }), deps)
  }
  await once('repository.clone-failed')
  const { obstacles } = await preflight({ agent: 'shell', repositories })
  expect(obstacles).toMatchObject([
    {
      code: 'repository.clone-failed',
      fix: { kind: 'add-git-credential', host: 'git.example:8443' },
      isRefused: false,
    },
  ])
  await once('script.failed')
  expect(await codes({ agent: 'shell', repositories })).toEqual([])
})

test('the place in line is that of a run which would be fired now', async () => {
  await writeSettings(engine.owner, { maxLiveRuns: 2 }, engine.deps)
  expect((await preflight({ agent: 'shell' })).placeInLine).toBeNull()
  for (let n = 0; n < 3; n++) await scriptRun(engine)
  expect((await preflight({ agent: 'shell' })).placeInLine).toBe(4)
  // Who has nothing running comes before somebody's third.
  const ada = await anotherPerson(engine, 'ada')
  expect((await preflight({ agent: 'shell' }, ada)).placeInLine).toBeNull()
})

test('similar runs are those of the same agent on the same repository', async () => {
  const { owner, deps, clock } = engine
  const repositories = [{ repository: 'local/demo' }]
  const took = async (minutes: number, on: PreflightInput['repositories']) => {
    clock.advance(1)
    const { runId } = await createRun(owner, { prompt: 'true', agent: 'shell', repositories: on }, deps)
    await appendEvents(system(owner.orgId, runId, { type: 'run.admitted' }), deps)
    const from = clock.now().getTime()
    await appendEvents(
      { ...runner(owner.orgId, runId, 1, started), events: [{ at: clock.now().toISOString(), body: started }] },
      deps,
    )
    clock.advance(minutes * 60_000)
    await endRun(engine, runId)
    return from
  }
  for (const minutes of [6, 8, 10, 12, 14]) await took(minutes, repositories)
  await took(500, [])
  expect((await preflight({ agent: 'shell', repositories })).estimate).toEqual({
    runs: 5,
    ms: { low: 480_000, high: 720_000 },
    costUsd: { low: 0, high: 0 },
  })
  expect(
    (await preflight({ agent: 'shell', repositories: [{ repository: 'https://git.example/new' }] })).estimate,
  ).toBeNull()
})

const started: RunnerEvent = { type: 'agent.started' }

test('changes name this organisation’s runs, together and not for each event', async () => {
  const { owner, deps } = engine
  const stop = new AbortController()
  const changes = watchRuns(owner, { signal: stop.signal }, deps)[Symbol.asyncIterator]()
  expect((await changes.next()).value).toEqual({ kind: 'all' })
  const runId = await scriptRun(engine)
  expect(await named(changes, runId)).toBe(true)
  await Promise.all(Array.from({ length: 50 }, () => markRuns(owner, { runIds: [runId], isSeen: true }, deps)))
  const began = performance.now()
  expect((await changes.next()).value).toEqual({ kind: 'runs', runIds: [runId] })
  expect(performance.now() - began).toBeLessThan(5_000)
  stop.abort()
  expect((await changes.next()).done).toBe(true)
})

test('a stranger hears nothing of it', async () => {
  const { owner, deps, db } = engine
  await db.pool.query(`insert into orgs (id, name, created_at) values ('org${'0'.repeat(26)}', 'other', now())`)
  const stop = new AbortController()
  const changes = watchRuns({ orgId: `org${'0'.repeat(26)}` as typeof owner.orgId }, { signal: stop.signal }, deps)[
    Symbol.asyncIterator
  ]()
  await changes.next()
  const next = changes.next()
  const mine = watchRuns(owner, { signal: stop.signal }, deps)[Symbol.asyncIterator]()
  await mine.next()
  const runId = await scriptRun(engine)
  expect(await named(mine, runId)).toBe(true)
  stop.abort()
  expect((await next).done).toBe(true)
})

type Changes = AsyncIterator<Awaited<ReturnType<ReturnType<typeof watchRuns>['next']>>['value']>

async function named(changes: Changes, runId: RunId): Promise<boolean> {
  const { value } = await changes.next()
  return typeof value === 'object' && value.kind === 'runs' && value.runIds.includes(runId)
}
