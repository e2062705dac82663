import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import type { ArtifactQuery, RunId } from '@errand/contracts'
import {
  addArtifact,
  appendEvents,
  authenticateFinishing,
  authenticateRun,
  createRun,
  issueRunToken,
  listArtifacts,
  openArtifact,
  openInput,
  putInput,
  readEvents,
  readRun,
  type RunGrant,
  sweepRetention,
  watchEvents,
  writeSettings,
} from '@errand/engine'
import { afterAll, expect, test } from 'vitest'
import { claimOf, codeOf, endRun, runner, scriptRun, testEngine, text } from './support/engine.ts'

const engine = await testEngine()
const { deps, owner, clock } = engine
afterAll(engine.close)

const DAY_MS = 86_400_000
const sha256Of = (content: string) => createHash('sha256').update(content).digest('hex')
const query = (name: string, content: string): ArtifactQuery => ({
  name,
  kind: 'file',
  mediaType: 'text/plain',
  sha256: sha256Of(content),
  sizeBytes: Buffer.byteLength(content),
})
const grantOf = async (runId: RunId): Promise<RunGrant> => {
  const issued = await issueRunToken({ claim: await claimOf(engine, runId) }, deps)
  return authenticateRun(issued.kind === 'ok' ? issued.token : '', deps)
}
const add = (grant: RunGrant, name: string, content: string) =>
  addArtifact({ grant, query: query(name, content), body: Readable.from([content]) }, deps)
const log = (runId: RunId) => readEvents(owner, { runId, after: 0, limit: 1000 }, deps)

test('an artifact that is sent again, or by two at once, is one artifact and one event', async () => {
  const runId = await scriptRun(engine)
  const grant = await grantOf(runId)
  const sent = await Promise.all([add(grant, 'a.txt', 'hello'), add(grant, 'a.txt', 'hello')])
  sent.push(await add(grant, 'a.txt', 'hello'))
  expect(new Set(sent.map(({ id }) => id)).size).toBe(1)
  expect((await log(runId)).filter(({ body }) => body.type === 'artifact.added')).toHaveLength(1)
  const { artifact, stream } = await openArtifact(owner, sent[0]?.id ?? ('' as never), deps)
  expect(artifact).toEqual(sent[0])
  expect(await readAll(await stream())).toBe('hello')
  expect(await readAll(await stream({ start: 1, end: 2 }))).toBe('el')
  await endRun(engine, runId)
})

test('names with line ends and any script are fine, names that lead elsewhere are not', async () => {
  const runId = await scriptRun(engine)
  const grant = await grantOf(runId)
  await add(grant, 'ordner/grüße\n🙂.txt', 'x')
  expect((await listArtifacts(owner, runId, deps)).map(({ name }) => name)).toEqual(['ordner/grüße\n🙂.txt'])
  for (const name of ['/etc/passwd', '../x', 'a/../../x', 'a//b', '.', 'a\\..\\b', 'a\u0000b', '']) {
    expect([name, await codeOf(add(grant, name, 'x'))]).toEqual([name, 'artifact.unsafe'])
  }
  await endRun(engine, runId)
})

test('bytes that are not what was announced, too large or too many leave nothing', async () => {
  await writeSettings(owner, { maxArtifactMib: 1 }, deps)
  const runId = await scriptRun(engine)
  const grant = { ...(await grantOf(runId)), maxArtifacts: 1 }
  const lying = addArtifact({ grant, query: query('a', 'hello'), body: Readable.from(['hellO']) }, deps)
  expect(await codeOf(lying)).toBe('artifact.hash-mismatch')
  expect(await codeOf(add(grant, 'big', 'x'.repeat(1_048_577)))).toBe('artifact.too-large')
  await add(grant, 'one', '1')
  expect(await codeOf(add(grant, 'two', '2'))).toBe('artifact.too-large')
  expect(await listArtifacts(owner, runId, deps)).toHaveLength(1)
  expect((await readRun(owner, runId, deps)).state.artifacts).toBe(1)
  await endRun(engine, runId)
})

test('last events that are sent again after the end are still taken until the sandbox is gone', async () => {
  const runId = await scriptRun(engine)
  const issued = await issueRunToken({ claim: await claimOf(engine, runId) }, deps)
  const token = issued.kind === 'ok' ? issued.token : ''
  const last = runner(owner.orgId, runId, 1, {
    type: 'run.finished',
    status: 'succeeded',
    verdict: 'unverified',
    sentence: 'Done.',
  })
  await appendEvents(last, deps)
  expect(await codeOf(authenticateRun(token, deps))).toBe('token.dead')
  expect(await authenticateFinishing(token, deps)).toMatchObject({ isOver: true })
  expect(await appendEvents(last, deps)).toMatchObject({ kind: 'ok', accepted: 1 })
  await endRun(engine, runId)
  expect(await codeOf(authenticateFinishing(token, deps))).toBe('token.dead')
})

test('an input reaches only the run that was given it', async () => {
  const input = await putInput(owner, { name: 'notes.md', body: Readable.from(['notes']) }, deps)
  const { runId } = await createRun(owner, { prompt: 'x', agent: 'shell', inputs: [{ ...input, sizeBytes: 0 }] }, deps)
  const grant = await grantOf(runId)
  const opened = await openInput(grant, input.sha256, deps)
  expect([opened.sizeBytes, await readAll(opened.stream)]).toEqual([5, 'notes'])
  await endRun(engine, runId)
  const other = await scriptRun(engine)
  expect(await codeOf(openInput(await grantOf(other), input.sha256, deps))).toBe('path.unknown')
  expect(await codeOf(putInput(owner, { name: '../x', body: Readable.from(['x']) }, deps))).toBe('input.invalid')
  expect(await codeOf(putInput(owner, { name: 'big', body: Readable.from(['x'.repeat(1_048_577)]) }, deps))).toBe(
    'input.too-large',
  )
  await endRun(engine, other)
})

test('what is past its date is forgotten, what is not or still lives is kept, and shared bytes as long as anybody needs them', async () => {
  await writeSettings(owner, { retentionDays: { events: 10, artifacts: 20 } }, deps)
  const old = await scriptRun(engine)
  const oldGrant = await grantOf(old)
  for (let n = 1; n <= 50; n++) await appendEvents(runner(owner.orgId, old, n, text(`${n}`)), deps)
  const shared = await add(oldGrant, 'shared', 'shared bytes')
  const alone = await add(oldGrant, 'alone', 'lonely bytes')
  const input = await putInput(owner, { name: 'i', body: Readable.from(['input bytes']) }, deps)
  await endRun(engine, old)
  const living = await scriptRun(engine)

  clock.advance(11 * DAY_MS)
  const young = await scriptRun(engine)
  await add(await grantOf(young), 'shared', 'shared bytes')
  expect(await sweepRetention(deps)).toMatchObject({ events: 55, artifacts: 0, inputs: 0 })
  expect(await readRun(owner, old, deps)).toMatchObject({
    eventsUntil: null,
    state: { status: 'failed', artifacts: 2 },
  })
  expect(await log(old)).toEqual([])
  expect(await log(living)).toHaveLength(1)
  const watched = []
  for await (const event of watchEvents(owner, { runId: old, after: 0, signal: new AbortController().signal }, deps))
    watched.push(event)
  expect(watched).toEqual([])

  clock.advance(11 * DAY_MS)
  expect(await codeOf(openArtifact(owner, alone.id, deps))).toBe('artifact.unknown')
  // What came within the last hour stays on the disk, whose clock is the real one.
  const blobs = { ...deps.blobs, delete: (sha256: string) => deps.blobs.delete(sha256) }
  const gone = await sweepRetention({ ...deps, blobs })
  expect(gone).toMatchObject({ artifacts: 2, inputs: 1 })
  expect(await Promise.all([shared.sha256, alone.sha256, input.sha256].map((one) => deps.blobs.has(one)))).toEqual([
    true,
    false,
    false,
  ])
  expect(await codeOf(openArtifact(owner, shared.id, deps))).toBe('artifact.unknown')
  const [again] = await listArtifacts(owner, young, deps)
  expect(await readAll(await (await openArtifact(owner, again?.id ?? ('' as never), deps)).stream())).toBe(
    'shared bytes',
  )
})
