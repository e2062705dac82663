import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { type EventBatch, RUNNER_PATHS } from '@errand/contracts'
import { listArtifacts, openArtifact, putInput, readHeard } from '@errand/engine'
import { buffer } from 'node:stream/consumers'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, asAgent, asRunner } from './support/ask.ts'
import { type LiveGateway, type LiveRun, startLiveGateway } from './support/liveGateway.ts'

let live: LiveGateway

beforeAll(async () => {
  live = await startLiveGateway()
  await live.addAgent('script', { runtime: 'script', script: 'true' } as never)
})
afterAll(() => live.close())

const aRun = () => live.run({ agent: 'script' })
const at = '2026-01-05T09:00:00.000Z'
const text = (words: string): EventBatch['events'][number] => ({ at, body: { type: 'text.appended', text: words } })
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

function send(run: LiveRun, batch: unknown) {
  return run.asRunner({
    method: 'POST',
    path: RUNNER_PATHS.events,
    body: typeof batch === 'string' ? batch : JSON.stringify(batch),
  })
}

function searchOf(query: Record<string, string | number>): URLSearchParams {
  return new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]))
}

function put(run: LiveRun, body: Buffer | AsyncIterable<Buffer>, query: Record<string, string | number>) {
  const search = searchOf(query)
  return run.asRunner({ method: 'PUT', path: `${RUNNER_PATHS.artifacts}?${search.toString()}`, body })
}

describe('a run token', () => {
  it('opens the run’s own specification and nothing without it', async () => {
    const run = await aRun()
    expect(JSON.parse((await run.asRunner({ path: RUNNER_PATHS.spec })).text)).toMatchObject({
      runId: run.runId,
      prompt: 'Do it',
    })
    for (const headers of [{}, asRunner('x'.repeat(43)), asRunner(''), { authorization: `Basic ${run.token}` }]) {
      const { status, text: body } = await ask({ socketPath: run.socketPath, path: RUNNER_PATHS.spec, headers })
      expect(status).toBe(401)
      expect(JSON.parse(body)).toMatchObject({ code: 'token.invalid' })
    }
  })

  it('in the form that the agent’s traffic carries is refused on a runner’s paths, and the other way round', async () => {
    const { token, socketPath } = await aRun()
    const refused = [
      { path: RUNNER_PATHS.spec, headers: asAgent(token) },
      { path: RUNNER_PATHS.spec, headers: { ...asAgent(token), ...asRunner(token) } },
      { path: '/llm/v1/models', headers: asRunner(token) },
      { path: '/git/local/demo.git/info/refs?service=git-upload-pack', headers: asRunner(token) },
    ]
    for (const call of refused) expect([401, 403]).toContain((await ask({ socketPath, ...call })).status)
  })

  it('is taken at the door of its own run alone, alive as it is: not at another run’s, not at the gateway’s own', async () => {
    const [run, other] = [await aRun(), await aRun()]
    for (const socketPath of [other.socketPath, live.socketPath])
      for (const call of [
        { path: RUNNER_PATHS.spec, headers: asRunner(run.token) },
        { path: '/llm/v1/models', headers: asAgent(run.token) },
      ]) {
        const stolen = await ask({ socketPath, ...call })
        expect(stolen.status).toBe(401)
        expect(stolen.text).toContain('token')
      }
    const line = await until(() => live.log().find((one) => one['from'] === other.runId))
    expect(line).toMatchObject({ level: 'warn', code: 'token.elsewhere', runId: run.runId })
    for (const one of [run, other]) expect((await one.asRunner({ path: RUNNER_PATHS.spec })).status).toBe(200)
  })

  it('opens its door again after the gateway was started anew, and none when the door was closed', async () => {
    const run = await aRun()
    const over = await aRun()
    await live.gateway.doors.close(over.runId)
    await live.restart()
    expect((await run.asRunner({ path: RUNNER_PATHS.spec })).status).toBe(200)
    expect(live.gateway.doors.list()).not.toContain(over.runId)
    await expect(over.asRunner({ path: RUNNER_PATHS.spec })).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('is dead the moment the run is over: what is left is to send last words and to hear the end', async () => {
    const run = await aRun()
    await run.end()
    for (const path of [RUNNER_PATHS.spec, `${RUNNER_PATHS.inputs}/${'0'.repeat(64)}`]) {
      const { status, text: body } = await run.asRunner({ path })
      expect(status).toBe(401)
      expect(JSON.parse(body)).toMatchObject({ code: 'token.dead' })
    }
    expect((await run.asAgent({ path: '/llm/v1/models' })).status).toBe(401)
    expect((await send(run, { first: 1, events: [text('late')] })).status).toBe(200)
    expect(JSON.parse((await run.asRunner({ path: `${RUNNER_PATHS.control}?after=0` })).text)).toMatchObject({
      desired: 'cancelled',
    })
  })
})

describe('events', () => {
  it('are in the log in the runner’s order, and once, however often they are sent', async () => {
    const run = await aRun()
    const batch = { first: 1, events: [text('a'), text('b')] }
    for (let time = 0; time < 3; time++) expect(JSON.parse((await send(run, batch)).text)).toEqual({ accepted: 2 })
    expect((await send(run, { first: 2, events: [text('b'), text('c')] })).status).toBe(200)
    const words = (await run.eventsOf('text.appended')).map((event) => event.text)
    expect(words).toEqual(['a', 'b', 'c'])
    const seqs = (await run.events()).map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, index) => index + 1))
  })

  it('after a gap are refused with the number that is expected', async () => {
    const run = await aRun()
    await send(run, { first: 1, events: [text('a')] })
    const { status, text: body } = await send(run, { first: 5, events: [text('e')] })
    expect(status).toBe(409)
    expect(JSON.parse(body)).toMatchObject({ code: 'events.gap', expected: 2 })
  })

  it('that are malformed are refused naming the field, and none of the batch is kept', async () => {
    const run = await aRun()
    const cases: Record<string, [unknown, string]> = {
      'an unknown type': [{ first: 1, events: [text('a'), { at, body: { type: 'run.hacked' } }] }, 'events[1].body'],
      'what only the system may say': [
        { first: 1, events: [{ at, body: { type: 'usage.metered', costUsd: -5 } }] },
        'events[0].body',
      ],
      'a field of the wrong kind': [
        { first: 1, events: [{ at, body: { type: 'text.appended', text: 7 } }] },
        'events[0].body.text',
      ],
      'a time that is none': [{ first: 1, events: [{ ...text('a'), at: 'yesterday' }] }, 'events[0].at'],
      'a number that is none': [{ first: 0, events: [text('a')] }, 'first'],
      'an empty batch': [{ first: 1, events: [] }, 'events'],
      'no JSON': ['{"first":', ''],
    }
    for (const [what, [batch, place]] of Object.entries(cases)) {
      const { status, text: body } = await send(run, batch)
      expect([what, status]).toEqual([what, 400])
      const wire = JSON.parse(body) as { code: string; detail: string }
      expect(wire.code).toBe('events.malformed')
      expect(wire.detail).toContain(place)
    }
    expect(await run.eventsOf('text.appended')).toEqual([])
  })

  it('with bytes that no database stores do not stop the log', async () => {
    const run = await aRun()
    expect(
      (
        await send(
          run,
          '{"first":1,"events":[{"at":"2026-01-05T09:00:00Z","body":{"type":"text.appended","text":"a\\u0000b\\ud800c"}}]}',
        )
      ).status,
    ).toBe(200)
    expect(await run.eventsOf('text.appended')).toEqual([{ type: 'text.appended', text: 'a\ufffdb\ufffdc' }])
  })

  it('beyond the limit of a batch are refused with the limit', async () => {
    const run = await aRun()
    const { status, text: body } = await send(run, { first: 1, events: [text('x'.repeat(9 << 20))] })
    expect(status).toBe(413)
    expect(JSON.parse(body)).toMatchObject({
      code: 'request.too-large',
      detail: expect.stringContaining('8388608') as string,
    })
  })
})

describe('artifacts', () => {
  const query = (bytes: Buffer, name = 'report.md') => ({
    name,
    kind: 'report',
    mediaType: 'text/markdown',
    sha256: sha256(bytes),
    sizeBytes: bytes.length,
  })

  it('come back byte for byte, and once, however often they are sent', async () => {
    const run = await aRun()
    const bytes = randomBytes(3 << 20)
    const answers = [await put(run, bytes, query(bytes)), await put(run, bytes, query(bytes))]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers[0]?.text).toBe(answers[1]?.text)
    const [artifact, ...others] = await listArtifacts(live.owner, run.runId, live.engine)
    expect(others).toEqual([])
    if (artifact === undefined) throw new Error('no artifact')
    const opened = await openArtifact(live.owner, artifact.id, live.engine)
    expect((await buffer(await opened.stream())).equals(bytes)).toBe(true)
    expect(await run.eventsOf('artifact.added')).toHaveLength(1)
  })

  it('that are too large are refused in words, after the sender was let finish', async () => {
    const run = await aRun()
    const spec = JSON.parse((await run.asRunner({ path: RUNNER_PATHS.spec })).text) as { maxArtifactBytes: number }
    const sizeBytes = spec.maxArtifactBytes + 1
    let sentBytes = 0
    async function* endless(): AsyncIterable<Buffer> {
      for (const chunk = Buffer.alloc(1 << 20); sentBytes < 64 << 20; sentBytes += chunk.length) yield chunk
    }
    const { status, text: body } = await put(run, endless(), { ...query(Buffer.from('x'), 'big.bin'), sizeBytes })
    expect(status).toBe(413)
    expect(JSON.parse(body)).toMatchObject({
      code: 'artifact.too-large',
      detail: expect.stringContaining('big.bin') as string,
    })
    expect((await run.asRunner({ path: RUNNER_PATHS.spec })).status).toBe(200)
  })

  it('whose bytes do not fit their hash are refused and leave nothing', async () => {
    const run = await aRun()
    const { status, text: body } = await put(run, Buffer.from('other'), { ...query(Buffer.from('bytes')) })
    expect(status).toBe(422)
    expect(JSON.parse(body)).toMatchObject({ code: 'artifact.hash-mismatch' })
    expect(await listArtifacts(live.owner, run.runId, live.engine)).toEqual([])
  })

  it('with a query that does not fit are refused naming the field', async () => {
    const run = await aRun()
    const { status, text: body } = await put(run, Buffer.from('x'), { ...query(Buffer.from('x')), kind: 'virus' })
    expect(status).toBe(400)
    expect(JSON.parse(body)).toMatchObject({ code: 'input.invalid', detail: expect.stringContaining('kind') as string })
  })

  it('survive a sender that goes away in the middle', async () => {
    const run = await aRun()
    const bytes = randomBytes(2 << 20)
    const abort = new AbortController()
    async function* half(): AsyncIterable<Buffer> {
      yield bytes.subarray(0, 1 << 20)
      abort.abort()
    }
    const search = searchOf(query(bytes))
    const path = `${RUNNER_PATHS.artifacts}?${search.toString()}`
    await expect(run.asRunner({ method: 'PUT', path, body: half(), signal: abort.signal })).rejects.toThrow(/abort/i)
    expect((await put(run, bytes, query(bytes))).status).toBe(200)
    expect(await listArtifacts(live.owner, run.runId, live.engine)).toHaveLength(1)
  })
})

describe('input files', () => {
  it('are given to the run that they were sent with, and to no other', async () => {
    const bytes = randomBytes(100_000)
    const input = await putInput(live.owner, { name: 'data.bin', body: Readable.from(bytes) }, live.engine)
    const run = await live.run({ agent: 'script', inputs: [input] })
    const path = `${RUNNER_PATHS.inputs}/${input.sha256}`
    expect((await run.asRunner({ path })).body.equals(bytes)).toBe(true)
    expect((await (await aRun()).asRunner({ path })).status).toBe(404)
  })
})

describe('control', () => {
  const control = (run: LiveRun, after: number) =>
    run
      .asRunner({ path: `${RUNNER_PATHS.control}?after=${after}` })
      .then(({ text: body }) => JSON.parse(body) as { desired: string; seq: number })

  it('waits while there is nothing to say, and answers when the run is cancelled', async () => {
    const run = await aRun()
    let hasAnswered = false
    const answered = control(run, 0).finally(() => (hasAnswered = true))
    // Events of the run wake the wait, and are no reason to answer.
    await send(run, { first: 1, events: [text('a')] })
    await run.event('text.appended')
    expect(hasAnswered).toBe(false)
    await run.cancel()
    const answer = await answered
    expect(answer).toMatchObject({ desired: 'cancelled' })
    expect((await control(run, 0)).seq).toBe(answer.seq)
  })

  it('tells of a cancellation that happened before it was asked', async () => {
    const run = await aRun()
    await run.cancel()
    expect(await control(run, 0)).toMatchObject({ desired: 'cancelled' })
  })

  it('is the sign that the runner lives, however long it says nothing', async () => {
    const run = await aRun()
    const heard = () => readHeard(live.owner, run.runId, live.engine)
    expect(await heard()).toEqual({ agoMs: null })
    const answered = control(run, 0)
    await until(async () => (await heard()).agoMs !== null)
    await run.cancel()
    await answered
  })

  it('does not hold up a gateway that stops', async () => {
    const other = await startLiveGateway()
    await other.addAgent('script', { runtime: 'script', script: 'true' } as never)
    const run = await other.run({ agent: 'script' })
    const answered = run.asRunner({ path: `${RUNNER_PATHS.control}?after=0` }).then(
      ({ status }) => status,
      () => 'cut',
    )
    await until(() => other.engine.db.row({ name: 'any', text: 'select 1 as one' }))
    await other.close()
    expect([503, 200, 'cut']).toContain(await answered)
  })
})

it('answers nothing at other addresses', async () => {
  for (const path of ['/', '/healthz', '/runner/v1/', '/runner/v1/specs', '/runner/v2/spec']) {
    const { status } = await (await aRun()).asRunner({ path })
    expect(status).toBe(404)
  }
})
