import { AGAIN_HEADER, HELD_SENT, RUNNER_PATHS } from '@errand/contracts'
import { answerQuestion, appendEvents, readRun, saveMcpServer, startSignIn, takeCallback } from '@errand/engine'
import { until } from '@errand/testkit'
import { type AuthServer, startAuthServer } from '@errand/testkit/authServer'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type LiveGateway, type LiveRun, startLiveGateway } from './support/liveGateway.ts'
import { startMcpUpstream } from './support/mcpUpstream.ts'

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

let gateway: LiveGateway
let auth: AuthServer
let run: LiveRun
beforeAll(async () => {
  auth = await startAuthServer()
  gateway = await startLiveGateway({ grantPollMs: 100, isLoopbackOpen: true })
  const { owner, engine } = gateway
  const spec = {
    type: 'remote',
    url: auth.mcpUrl,
    transport: 'streamable-http',
    private: true,
    callSeconds: 60,
  } as const
  await gateway.addCredential('linear', { type: 'oauth', server: 'linear' })
  await saveMcpServer(
    owner,
    { name: 'linear', spec: { ...spec, headers: {}, credential: 'linear' }, baseVersion: 0 },
    engine,
  )
  await gateway.addAgent('worker', { mcp: [{ server: 'linear', rules: [], otherwise: 'allow' }] })
})
beforeEach(async () => {
  run = await gateway.run({ agent: 'worker' })
})
afterAll(async () => {
  await gateway.close()
  await auth.close()
})

async function signIn(server = 'linear'): Promise<void> {
  const { address } = await startSignIn(gateway.owner, { server, origin: 'http://127.0.0.1:9' }, gateway.engine)
  const back = await auth.signIn(address)
  await takeCallback(Object.fromEntries(back.searchParams), gateway.engine)
}

const state = async () => (await readRun(gateway.owner, run.runId, gateway.engine)).state
const asked = () =>
  until(async () => (await state()).questions.find((one) => one.kind === 'sign-in'), { what: 'the run to wait' })
const signIns = async () =>
  JSON.parse((await run.asRunner({ method: 'GET', path: RUNNER_PATHS.signIns })).text) as object
const says = (word: 'deny', questionId: string) =>
  answerQuestion(gateway.owner, { runId: run.runId, questionId, answer: word }, gateway.engine)

function call(chunks: string[] = [], headers: Record<string, string> = {}, server = 'linear') {
  const params = { name: 'echo', arguments: { message: 'hello' }, _meta: { progressToken: 3 } }
  return run.asAgent({
    method: 'POST',
    path: `/mcp/${server}`,
    headers: { ...JSON_HEADERS, ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params }),
    onChunk: (chunk: Buffer) => chunks.push(chunk.toString()),
  })
}

describe('before the agent begins', () => {
  test('the run waits, over a restart, for a person to sign in; it goes on by itself', async () => {
    const first = signIns()
    expect(await asked()).toMatchObject({ server: 'linear', words: 'Nobody has signed in yet.' })
    expect(await state()).toMatchObject({ status: 'waiting', activity: 'Needs sign-in: linear' })
    await gateway.restart()
    await first.catch(() => undefined)
    const again = signIns()
    await signIn()
    expect(await again).toEqual({ state: 'ready' })
    expect(await state()).toMatchObject({ status: 'starting', questions: [] })
    expect(await run.eventsOf('sign-in.asked')).toHaveLength(1)
  })

  test('silence ends it, with words, and a word of yes is none', async () => {
    await auth.revokeAll()
    // The gateway learns of it from the server.
    await gateway.run({ agent: 'worker' }).then(async (other) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
      expect(
        (await other.asAgent({ method: 'POST', path: '/mcp/linear', headers: JSON_HEADERS, body })).text,
      ).toContain('mcp.needs-sign-in')
    })
    const waiting = signIns()
    const { id } = await asked()
    const yes = { runId: run.runId, questionId: id, answer: 'allow-once' } as const
    await expect(answerQuestion(gateway.owner, yes, gateway.engine)).rejects.toMatchObject({ code: 'input.invalid' })
    const { orgId } = gateway.owner
    const expired = [{ type: 'question.expired', id }] as const
    await appendEvents({ orgId, runId: run.runId, source: 'system', events: [...expired] }, gateway.engine)
    expect(await waiting).toEqual({ state: 'refused', detail: expect.stringContaining('linear') })
    expect(await signIns()).toMatchObject({ state: 'refused' })
  })
})

describe('in the middle of a call', () => {
  test('the call waits with progress and goes on after the sign-in', async () => {
    const chunks: string[] = []
    const waiting = call(chunks)
    await asked()
    await until(() => chunks.join('').includes('"progressToken":3'), { what: 'progress' })
    expect(chunks.join('')).toContain('sign in with linear')
    await signIn()
    expect((await waiting).text).toContain('It said: hello')
    expect(await state()).toMatchObject({ questions: [], waitingSince: null })
  })

  test('a gateway that goes away meanwhile breaks it off before anybody has heard of it; it is made again', async () => {
    await auth.revokeAll()
    const chunks: string[] = []
    const first = call(chunks)
    await asked()
    await until(() => chunks.join('').includes('progressToken'), { what: 'progress' })
    await gateway.restart()
    expect((await first).isWhole).toBe(false)
    expect(chunks.join('')).not.toContain(HELD_SENT)
    const more: string[] = []
    const again = call(more, { [AGAIN_HEADER]: 'yes' })
    await until(() => more.join('').includes('progressToken'), { what: 'progress again' })
    await signIn()
    expect((await again).text).toMatch(/: sent\n\n.*It said: hello/s)
    expect(await run.eventsOf('sign-in.asked')).toHaveLength(1)
    await until(async () => (await run.eventsOf('mcp.called')).length === 1, { what: 'the call, once' })
  })

  test('a grant that is revoked, and a server that wants more than was granted', async () => {
    await signIn()
    await auth.revokeAll()
    const revoked = call()
    await asked()
    await signIn()
    expect((await revoked).text).toContain('It said: hello')
    auth.wants = 'write'
    const wider = call()
    expect(await asked()).toMatchObject({ words: expect.stringContaining('write') })
    await signIn()
    expect((await wider).text).toContain('It said: hello')
    auth.wants = null
  })

  test('a no reaches the model, and nobody is asked again', async () => {
    await auth.revokeAll()
    const waiting = call()
    const { id } = await asked()
    await says('deny', id)
    expect((await waiting).text).toMatch(/"isError":true.*|said no/)
    expect((await call()).text).toContain('"isError":true')
    expect(await run.eventsOf('sign-in.asked')).toHaveLength(1)
    const codes = async () => (await run.eventsOf('mcp.called')).map(({ code }) => code)
    await until(async () => (await codes()).join() === 'mcp.needs-sign-in,mcp.needs-sign-in', { what: 'both events' })
  })
})

describe('a server that was given no credential and answers 401', () => {
  const unsigned = async (name: string, url: string) => {
    const spec = { type: 'remote', url, transport: 'streamable-http', private: true, callSeconds: 60 } as const
    await saveMcpServer(gateway.owner, { name, spec: { ...spec, headers: {} }, baseVersion: 0 }, gateway.engine)
    await gateway.addAgent(`${name}-worker`, { mcp: [{ server: name, rules: [], otherwise: 'allow' }] })
    run = await gateway.run({ agent: `${name}-worker` })
  }

  test('has the run wait before the agent begins; a sign-in since lets it go on', async () => {
    await unsigned('early', auth.mcpUrl)
    const waiting = signIns()
    expect(await asked()).toMatchObject({ server: 'early' })
    await signIn('early')
    expect(await waiting).toEqual({ state: 'ready' })
    expect((await call([], {}, 'early')).text).toContain('It said: hello')
  })

  test('in the middle of a call, too', async () => {
    await unsigned('late', auth.mcpUrl)
    const waiting = call([], {}, 'late')
    expect(await asked()).toMatchObject({ server: 'late' })
    await signIn('late')
    expect((await waiting).text).toContain('It said: hello')
    expect(await state()).toMatchObject({ questions: [], waitingSince: null })
  })

  test('where nobody can sign in, a call says what to do, and nobody is waited for', async () => {
    const closed = await startMcpUpstream()
    closed.misbehave((response) => void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end())
    await unsigned('keyed', closed.url)
    expect(await signIns()).toEqual({ state: 'ready' })
    const { text } = await call([], {}, 'keyed')
    expect(text).toMatch(/"isError":true/)
    expect(text).toMatch(/keyed answered 401 and offers no sign-in. It wants Basic.*errand credentials/)
    expect((await state()).questions).toEqual([])
    await closed.close()
  })
})
