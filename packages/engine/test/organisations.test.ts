import { Readable } from 'node:stream'
import type { RunId } from '@errand/contracts'
import {
  type Actor,
  addRepository,
  appendEvents,
  authenticateApiToken,
  authenticateRun,
  addArtifact,
  cancelRun,
  createRun,
  createToken,
  ensureOwner,
  exportDocuments,
  issueRunToken,
  listArtifacts,
  listCredentials,
  listRepositories,
  listRuns,
  listTokens,
  openArtifact,
  readEvents,
  readRun,
  keepBoundaryReport,
  readBoundary,
  readSettings,
  removeRepository,
  followUpRun,
  readRunFacts,
  retryRun,
  revokeToken,
  setCredentialSecret,
  takeGatewayRequests,
  watchEvents,
  writeSettings,
} from '@errand/engine'
import { afterAll, expect, test } from 'vitest'
import { claimOf, codeOf, scriptRun, system, testEngine, text } from './support/engine.ts'

const engine = await testEngine()
const { deps, owner, clock } = engine
const stranger: Actor = await ensureOwner({ orgName: 'elsewhere' }, deps)
afterAll(engine.close)

const sha256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'

async function artifactOf(runId: RunId) {
  const issued = await issueRunToken({ claim: await claimOf(engine, runId) }, deps)
  const grant = await authenticateRun(issued.kind === 'ok' ? issued.token : '', deps)
  const query = { name: 'hello.txt', kind: 'file', mediaType: 'text/plain', sha256, sizeBytes: 5 } as const
  return addArtifact({ grant, query, body: Readable.from(['hello']) }, deps)
}

test('another organisation finds nothing of a run, by any use case', async () => {
  const runId = await scriptRun(engine)
  const artifact = await artifactOf(runId)
  const { signal } = new AbortController()
  const attempts: Record<string, () => Promise<unknown>> = {
    readRun: () => readRun(stranger, runId, deps),
    cancelRun: () => cancelRun(stranger, runId, deps),
    followUpRun: () => followUpRun(stranger, { runId, text: 'x' }, deps),
    readRunFacts: () => readRunFacts(stranger, runId, deps),
    retryRun: () => retryRun(stranger, { runId }, deps),
    readEvents: () => readEvents(stranger, { runId, after: 0, limit: 10 }, deps),
    watchEvents: () => watchEvents(stranger, { runId, after: 0, signal }, deps).next(),
    listArtifacts: () => listArtifacts(stranger, runId, deps),
    appendEvents: () =>
      appendEvents(
        {
          orgId: stranger.orgId,
          runId,
          source: 'runner',
          first: 1,
          events: [{ at: deps.now().toISOString(), body: text('x') }],
        },
        deps,
      ),
  }
  for (const [name, attempt] of Object.entries(attempts))
    expect([name, await codeOf(attempt())]).toEqual([name, 'run.unknown'])
  expect(await codeOf(openArtifact(stranger, artifact.id, deps))).toBe('artifact.unknown')
  expect((await listRuns(stranger, { limit: 100 }, deps)).runs).toEqual([])
  expect((await listRuns(stranger, { limit: 100, status: ['queued'] }, deps)).runs).toEqual([])
  expect((await readRun(owner, runId, deps)).desired).toBe('done')
})

test('names, keys, settings and configuration of one organisation are not the other’s', async () => {
  const input = { prompt: 'x', agent: 'shell', idempotencyKey: 'same' }
  const [mine, theirs] = [await createRun(owner, input, deps), await createRun(stranger, input, deps)]
  expect(mine.runId).not.toBe(theirs.runId)
  await setCredentialSecret(owner, { name: 'key', spec: { type: 'anthropic-key' }, secret: 'sk' }, deps)
  expect(await listCredentials(stranger, deps)).toEqual([])
  expect(await exportDocuments(stranger, {}, deps)).toBe('')
  await addRepository(owner, { name: 'private' }, deps)
  expect((await listRepositories(stranger, deps)).map(({ repository }) => repository)).toEqual(['local/demo'])
  expect(
    await codeOf(createRun(stranger, { prompt: 'x', repositories: [{ repository: 'local/private' }] }, deps)),
  ).toBe('repository.unknown')
  await writeSettings(owner, { maxArtifactMib: 7 }, deps)
  expect((await readSettings(stranger, deps)).maxArtifactMib).toBe(512)
})

test('a lease is worth nothing under another organisation’s name', async () => {
  const runId = await scriptRun(engine)
  const claim = await claimOf(engine, runId)
  expect(await issueRunToken({ claim: { ...claim, orgId: stranger.orgId } }, deps)).toEqual({ kind: 'fenced' })
  expect(
    await codeOf(appendEvents({ ...system(stranger.orgId, runId, { type: 'sandbox.gone' }), lease: claim }, deps)),
  ).toBe('run.unknown')
})

test('an API token speaks for its person until it is revoked or expires', async () => {
  const lasting = await createToken(owner, { name: 'laptop' }, deps)
  const short = await createToken(owner, { name: 'ci', expiresAt: new Date(deps.now().getTime() + 1_000) }, deps)
  expect(await authenticateApiToken(lasting.token, deps)).toEqual(owner)
  expect(await authenticateApiToken(short.token, deps)).toEqual(owner)
  clock.advance(1_000)
  expect(await codeOf(authenticateApiToken(short.token, deps))).toBe('auth.invalid')
  expect(await codeOf(revokeToken(stranger, lasting.id, deps))).toBe('token.unknown')
  expect((await listTokens(owner, deps)).find(({ id }) => id === lasting.id)).toMatchObject({
    name: 'laptop',
    lastUsedAt: expect.any(String),
  })
  await revokeToken(owner, lasting.id, deps)
  expect(await codeOf(authenticateApiToken(lasting.token, deps))).toBe('auth.invalid')
  expect(await codeOf(authenticateApiToken('errand_nonsense', deps))).toBe('auth.invalid')
})

test('a second start finds everything as it was, several at once too', async () => {
  const again = await Promise.all(Array.from({ length: 4 }, () => ensureOwner({ orgName: 'home' }, deps)))
  for (const actor of again) expect(actor).toEqual(owner)
  const { rows } = await engine.db.pool.query(
    'select count(*)::integer as n from agent_versions v join agents a on a.id = v.agent_id where a.org_id = $1 and a.name = $2',
    [owner.orgId, 'demo'],
  )
  expect(rows).toEqual([{ n: 1 }])
})

test('a removed demo repository stays away, and the gateway is told to remove what was in it', async () => {
  await removeRepository(stranger, 'local/demo', deps)
  await ensureOwner({ orgName: 'elsewhere' }, deps)
  expect(await listRepositories(stranger, deps)).toEqual([])
  const told = await takeGatewayRequests({ limit: 10 }, deps)
  expect(told).toMatchObject([{ orgId: stranger.orgId, body: { kind: 'repository.remove', name: 'demo' } }])
  expect(await codeOf(removeRepository(stranger, 'local/demo', deps))).toBe('repository.unknown')
})

test.each([
  { maxLiveRuns: -1 },
  { retentionDays: { events: 0, artifacts: 1 } },
  { privateHosts: ['10.0.0.1'] },
  { trustedHosts: ['https://example.org'] },
])('settings that make no sense are refused: %j', async (change) => {
  expect(await codeOf(writeSettings(owner, change, deps))).toBe('input.invalid')
})

test('the last self-test is kept, and when the wall last held', async () => {
  const check = (ok: boolean) => ({ name: 'Files', ok, tried: 'read /etc/shadow', happened: ok ? 'refused' : 'read' })
  expect(await readBoundary(owner, deps)).toBeNull()
  const report = { machine: [], boundary: [check(true)], isIsolated: true }
  await keepBoundaryReport(owner, { report, ms: 120 }, deps)
  const held = await readBoundary(owner, deps)
  expect(held).toMatchObject({ isHeld: true, report, ms: 120, heldAt: deps.now().toISOString() })
  engine.clock.advance(60_000)
  await keepBoundaryReport(owner, { report: { ...report, boundary: [check(true), check(false)] }, ms: 90 }, deps)
  expect(await readBoundary(owner, deps)).toMatchObject({
    isHeld: false,
    testedAt: deps.now().toISOString(),
    heldAt: held?.heldAt,
  })
  await keepBoundaryReport(owner, { report: { machine: [], boundary: [], isIsolated: false }, ms: 1 }, deps)
  expect(await readBoundary(owner, deps)).toMatchObject({ isHeld: false })
})
