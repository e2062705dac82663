import { createServer, request as httpRequest, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { type Answer as Word, type CreateRun, RUN_TOKEN_HEADER } from '@errand/contracts'
import { allowHost, answerQuestion, appendEvents, readAgent, readRun } from '@errand/engine'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectDeps } from '../egress/connect.ts'
import { type LiveGateway, type LiveRun, startLiveGateway } from './support/liveGateway.ts'

/** Public in the eyes of the policy; every dial leads to our server on loopback. */
const PUBLIC = '93.184.216.34'
const dialled: string[] = []
const lookedUp: string[] = []
let web: Server
let live: LiveGateway

beforeAll(async () => {
  web = createServer((_request, response) => response.end('here you are'))
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  const { port } = web.address() as AddressInfo
  const network: ConnectDeps = {
    resolve: async (host) => {
      lookedUp.push(host)
      return host === 'inside.example' ? ['10.0.0.7'] : [PUBLIC]
    },
    dial: async ({ host }) => {
      dialled.push(host)
      return connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    },
  }
  live = await startLiveGateway({}, network)
  await live.addAgent('asking', { runtime: 'script', script: 'true', onBlockedHost: 'ask' } as never)
  await live.addAgent('plain', { runtime: 'script', script: 'true' } as never)
})
afterAll(async () => {
  await live.close()
  await new Promise((resolve) => web.close(resolve))
})

const aRun = (input: Partial<CreateRun> = {}) => live.run({ agent: 'asking', ...input })
const get = (run: LiveRun, host: string, signal?: AbortSignal) =>
  run.asAgent({ path: `http://${host}/file`, ...(signal === undefined ? {} : { signal }) })
const stateOf = async ({ runId }: LiveRun) => (await readRun(live.owner, runId, live.engine)).state

async function say(run: LiveRun, answer: Word, note?: string): Promise<void> {
  const questionId = await until(async () => (await stateOf(run)).questions[0]?.id, { what: 'a question' })
  await answerQuestion(live.owner, { runId: run.runId, questionId, answer, note }, live.engine)
}

describe('a connection to a host that is not allowed', () => {
  it('is held until a person allows it, for this time only: the next one asks again', async () => {
    const run = await aRun()
    const first = get(run, 'once.example')
    const asked = await run.event('host.asked')
    expect(asked).toMatchObject({ host: 'once.example', port: 80 })
    expect((await stateOf(run)).status).toBe('waiting')
    expect(lookedUp).not.toContain('once.example')
    await say(run, 'allow-once')
    expect(await first).toMatchObject({ status: 200, text: 'here you are' })
    expect(await stateOf(run)).toMatchObject({ status: 'starting', questions: [], hostAnswers: [] })

    const second = get(run, 'once.example')
    await until(async () => (await run.eventsOf('host.asked')).length === 2)
    await say(run, 'deny')
    expect((await second).status).toBe(403)
  })

  it('is open for the whole run once a person says so, and is one question for all that wait', async () => {
    const run = await aRun()
    const waiting = [get(run, 'run.example'), get(run, 'run.example'), get(run, 'run.example')]
    await say(run, 'allow-run')
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200)
    expect((await get(run, 'run.example')).status).toBe(200)
    expect(await run.eventsOf('host.asked')).toHaveLength(1)
  })

  it('is open for the agent’s next runs too, when a person says always', async () => {
    const run = await aRun()
    const held = get(run, 'always.example')
    await say(run, 'allow-agent')
    expect((await held).status).toBe(200)
    expect((await get(run, 'always.example')).status).toBe(200)
    expect((await readAgent(live.owner, 'asking', live.engine)).spec.hosts).toEqual(['always.example'])
    const next = await aRun()
    expect((await get(next, 'always.example')).status).toBe(200)
    expect(await next.eventsOf('host.asked')).toEqual([])
  })

  it('is refused when a person denies it, with their words, and not asked for again', async () => {
    const run = await aRun()
    const held = get(run, 'no.example')
    await say(run, 'deny', 'use the mirror')
    const answer = await held
    expect(answer.status).toBe(403)
    expect(answer.text).toContain(`${live.owner.name} said no: use the mirror`)
    expect((await get(run, 'no.example')).status).toBe(403)
    expect(await run.eventsOf('host.asked')).toHaveLength(1)
    expect(await run.event('egress.blocked')).toMatchObject({ host: 'no.example', code: 'egress.host-denied' })
  })

  it('is refused when nobody answers in time, as the controller finds', async () => {
    const run = await aRun()
    const held = get(run, 'late.example')
    const { id } = await run.event('host.asked')
    const { owner, engine } = live
    const body = { type: 'question.expired', id } as const
    await appendEvents({ orgId: owner.orgId, runId: run.runId, source: 'system', events: [body] }, engine)
    const answer = await held
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('Nobody answered in time.')
  })

  it('that is gone when a person allows it once, leaves that to the next one', async () => {
    const run = await aRun()
    const gone = new AbortController()
    const held = get(run, 'slow.example', gone.signal).catch(() => null)
    await run.event('host.asked')
    gone.abort()
    await held
    await say(run, 'allow-once')
    expect((await get(run, 'slow.example')).status).toBe(200)
    expect((await stateOf(run)).hostAnswers).toEqual([])
  })

  it('through a tunnel gets its 200 only when it is allowed', async () => {
    const run = await aRun()
    const outgoing = httpRequest({
      socketPath: run.socketPath,
      method: 'CONNECT',
      path: 'tunnel.example:443',
      headers: { [RUN_TOKEN_HEADER]: run.token },
    })
    const opened = new Promise<number>((resolve, reject) => {
      outgoing.once('error', reject)
      outgoing.once('connect', (answer, socket) => {
        socket.destroy()
        resolve(answer.statusCode ?? 0)
      })
    })
    outgoing.end()
    await say(run, 'allow-once')
    expect(await opened).toBe(200)
  })

  it('survives a gateway that starts again: the question stays, and its answer holds', async () => {
    const run = await aRun()
    const cut = get(run, 'restart.example').catch(() => null)
    const { id } = await run.event('host.asked')
    await live.restart()
    expect((await cut)?.status).toBe(503)
    const again = get(run, 'restart.example')
    await answerQuestion(live.owner, { runId: run.runId, questionId: id, answer: 'allow-run' }, live.engine)
    expect((await again).status).toBe(200)
    expect(await run.eventsOf('host.asked')).toHaveLength(1)
  })

  it('that a person allowed is still judged by where it leads', async () => {
    const run = await aRun()
    const held = get(run, 'inside.example')
    await say(run, 'allow-run')
    expect((await held).status).toBe(403)
    expect(dialled).not.toContain('inside.example')
    expect(await run.event('egress.blocked')).toMatchObject({ code: 'egress.address-private' })
  })
})

describe('nobody is asked', () => {
  it.each([
    ['for a run that did not ask for it', { agent: 'plain' }, 'elsewhere.example'],
    ['for a run that says so', { onBlockedHost: 'refuse' as const }, 'elsewhere.example'],
    ['at level none', { network: 'none' as const }, 'elsewhere.example'],
    ['for the metadata service', {}, '169.254.169.254'],
    ['for a machine nearby', {}, 'printer.local'],
  ])('%s', async (_, input, host) => {
    const run = await aRun(input)
    expect((await get(run, host)).status).toBe(403)
    expect(await run.eventsOf('host.asked')).toEqual([])
  })

  it('but a host that was refused can be allowed for the rest of the run', async () => {
    const run = await aRun({ agent: 'plain' })
    expect((await get(run, 'refused.example')).status).toBe(403)
    const target = { runId: run.runId, host: 'refused.example', port: 80 }
    await allowHost(live.owner, { ...target, answer: 'allow-run' }, live.engine)
    expect((await get(run, 'refused.example')).status).toBe(200)
    expect(await run.event('host.allowed')).toMatchObject({ host: 'refused.example', by: live.owner.name })
  })

  it('for more than eight hosts at once: the ninth is refused', async () => {
    const run = await aRun()
    const gone = new AbortController()
    const held = Array.from({ length: 8 }, (_, n) => get(run, `many${n}.example`, gone.signal).catch(() => null))
    await until(async () => (await run.eventsOf('host.asked')).length === 8)
    expect((await get(run, 'many9.example')).status).toBe(403)
    gone.abort()
    await Promise.all(held)
  })
})

it('a held connection ends with its run', async () => {
  const run = await aRun()
  const held = get(run, 'end.example')
  await run.event('host.asked')
  await run.end()
  expect((await held).status).toBe(403)
})
