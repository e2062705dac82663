import { once } from 'node:events'
import { connect } from 'node:net'
import { RUNNER_PATHS, SANDBOX_PATHS, type WallReport } from '@errand/contracts'
import {
  addToPool,
  dismissFromPool,
  listSandboxes,
  noteSandboxPod,
  prepareSandbox,
  readSandboxOfRun,
  takeWarmSandbox,
} from '@errand/engine'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, ask, asAgent, asRunner } from './support/ask.ts'
import { type LiveGateway, startLiveGateway } from './support/liveGateway.ts'

const HERE = '127.0.0.1'
const POD = '127.0.0.2'
const OTHER_POD = '127.0.0.3'
const SHAPE = 'one-shape'
const WALL: WallReport = {
  ms: 96,
  rounds: 5,
  targets: [{ what: 'canary', address: '10.0.0.1:2', wasOpen: true, ms: 90 }],
}

let live: LiveGateway
let count = 0

beforeAll(async () => {
  live = await startLiveGateway({ sandboxListen: { host: '127.0.0.1', port: 0, canaryPort: 0 } })
  await live.addAgent('script', { runtime: 'script', script: 'true' } as never)
})
afterAll(() => live.close())

const port = () => live.gateway.sandboxes?.port ?? 0
const from = (localAddress: string) => ({ host: HERE, port: port(), localAddress })
const uidOf = (number: number) => `2f0c6e5e-9d0a-4a43-8a54-${String(number).padStart(12, '0')}`

function post(path: string, body: unknown, address = POD): Promise<Answer> {
  return ask({ at: from(address), method: 'POST', path, body: typeof body === 'string' ? body : JSON.stringify(body) })
}

const claim = ({ name, uid }: { name: string; uid: string }, address = POD) =>
  post(SANDBOX_PATHS.claim, { name, uid, wall: WALL }, address)
const codeOf = ({ text }: Answer) => (JSON.parse(text) as { code: string }).code
const tokenOf = ({ text }: Answer) => (JSON.parse(text) as { token: string }).token

/** A run and its pod, of which the cluster has told, or not yet. */
async function aSandbox({ isTold = true } = {}) {
  const run = await live.admitted({ agent: 'script' })
  const [name, uid] = [`errand-${run.runId}`, uidOf(++count)]
  await prepareSandbox({ claim: run, name, shape: SHAPE }, live.engine)
  if (isTold) await noteSandboxPod({ name, uid, address: null }, live.engine)
  return { run, name, uid }
}

/** A pod of the warm pool, of which the cluster has told. */
async function aWarmOne(shape: string) {
  const [name, uid] = [`errand-warm-${++count}`, uidOf(count)]
  await addToPool({ name, orgId: live.owner.orgId, shape, most: 1000 }, live.engine)
  await noteSandboxPod({ name, uid, address: null }, live.engine)
  return { name, uid }
}

const isProven = (name: string) =>
  until(async () => (await listSandboxes(live.engine)).some((one) => one.id === name && one.provenAt !== null), {
    what: `the proof of ${name}`,
  })

const spec = (token: string, address = POD) =>
  ask({ at: from(address), path: RUNNER_PATHS.spec, headers: asRunner(token) })

describe('the claim of a run', () => {
  it('is refused until the cluster has told of the pod, then granted, once told with the wall that was proven', async () => {
    const sandbox = await aSandbox({ isTold: false })
    const early = await claim(sandbox)
    expect([early.status, codeOf(early)]).toEqual([404, 'sandbox.unknown'])
    await noteSandboxPod({ name: sandbox.name, uid: sandbox.uid, address: POD }, live.engine)
    const granted = await claim(sandbox)
    expect(granted.status).toBe(200)
    expect(JSON.parse((await spec(tokenOf(granted))).text)).toMatchObject({ runId: sandbox.run.runId })
    expect(await readSandboxOfRun(sandbox.run.runId, live.engine)).toMatchObject({ wall: WALL, claimedFrom: POD })
  })

  it('needs the uid of the pod', async () => {
    const sandbox = await aSandbox()
    const guess = await claim({ ...sandbox, uid: uidOf(999_999) })
    expect([guess.status, codeOf(guess)]).toEqual([404, 'sandbox.unknown'])
    expect((await claim(sandbox)).status).toBe(200)
  })

  it('is granted to one address: whoever else knows the uid comes too late', async () => {
    const sandbox = await aSandbox()
    expect((await claim(sandbox)).status).toBe(200)
    const second = await claim(sandbox, OTHER_POD)
    expect([second.status, codeOf(second)]).toEqual([409, 'sandbox.taken'])
  })

  it('is granted again where the answer was lost, and the first token is dead; not once the runner has reported', async () => {
    const sandbox = await aSandbox()
    const first = tokenOf(await claim(sandbox))
    const second = tokenOf(await claim(sandbox))
    expect((await spec(first)).status).toBe(401)
    expect((await spec(second)).status).toBe(200)
    const batch = {
      first: 1,
      events: [{ at: '2026-01-05T09:00:00.000Z', body: { type: 'runner.started', version: '1' } }],
    }
    const path = RUNNER_PATHS.events
    await ask({ at: from(POD), method: 'POST', path, headers: asRunner(second), body: JSON.stringify(batch) })
    const third = await claim(sandbox)
    expect([third.status, codeOf(third)]).toEqual([409, 'sandbox.taken'])
    expect((await spec(second)).status).toBe(200)
  })

  it('from elsewhere than its pod makes its run due soon, for whoever looks after it to judge', async () => {
    const dueAt = async ({ run }: { run: { runId: string } }) => {
      const rows = await live.engine.db.rows<{ at: Date | null }>(
        {
          name: 'test-due',
          text: 'select wake_at as at from runs where id = $1',
        },
        [run.runId],
      )
      return rows[0]?.at ?? null
    }
    const soonest = async (address: string) => {
      const sandbox = await aSandbox({ isTold: false })
      await noteSandboxPod({ name: sandbox.name, uid: sandbox.uid, address: POD }, live.engine)
      const before = await dueAt(sandbox)
      expect((await claim(sandbox, address)).status).toBe(200)
      return { before, after: await dueAt(sandbox) }
    }
    const own = await soonest(POD)
    expect(own.after).toEqual(own.before)
    const other = await soonest(OTHER_POD)
    const ms = (other.after?.getTime() ?? Number.NaN) - live.engine.now().getTime()
    expect(other.after).not.toEqual(other.before)
    expect(ms).toBeLessThanOrEqual(500)
  })

  it('of a run that is over is dismissed', async () => {
    const sandbox = await aSandbox()
    await live.liveRun(sandbox.run.runId, '').end()
    const late = await claim(sandbox)
    expect([late.status, codeOf(late)]).toEqual([410, 'sandbox.dismissed'])
  })

  it('has one line in the log, with the sandbox and where from, and without its ticket and its token', async () => {
    const sandbox = await aSandbox()
    const token = tokenOf(await claim(sandbox))
    const line = await until(() => live.log().find((one) => one['sandbox'] === sandbox.name && one['ok'] === true))
    expect(live.log()).toContainEqual(
      expect.objectContaining({ op: 'sandbox.claimed', sandbox: sandbox.name, from: POD }),
    )
    expect(line).toMatchObject({
      op: 'sandbox.called',
      ok: true,
      from: POD,
      answer: 'granted',
      target: SANDBOX_PATHS.claim,
    })
    const log = JSON.stringify(live.log())
    expect(log).not.toContain(sandbox.uid)
    expect(log).not.toContain(token)
  })
})

describe('a run’s token on a cluster', () => {
  it('opens nothing from another address, and that is written down', async () => {
    const sandbox = await aSandbox()
    const token = tokenOf(await claim(sandbox))
    for (const headers of [asRunner(token), asAgent(token)]) {
      const path = 'authorization' in headers ? RUNNER_PATHS.spec : '/llm/v1/models'
      const stolen = await ask({ at: from(OTHER_POD), path, headers })
      expect(stolen.status).toBe(401)
      expect(stolen.text).toContain('token')
    }
    const line = await until(() => live.log().find((one) => one['code'] === 'token.elsewhere'))
    expect(line).toMatchObject({ level: 'warn', from: OTHER_POD, runId: sandbox.run.runId })
    expect((await spec(token)).status).toBe(200)
  })

  it('opens nothing over this machine’s socket, and one of this machine nothing from the cluster', async () => {
    const sandbox = await aSandbox()
    const token = tokenOf(await claim(sandbox))
    const { socketPath } = live
    const inside = await ask({ socketPath, path: RUNNER_PATHS.spec, headers: asRunner(token) })
    expect([inside.status, codeOf(inside)]).toEqual([401, 'token.elsewhere'])
    const local = await live.run({ agent: 'script' })
    expect((await local.asRunner({ path: RUNNER_PATHS.spec })).status).toBe(200)
    expect((await spec(local.token)).status).toBe(401)
  })
})

describe('a sandbox of the warm pool', () => {
  it('waits for its run and has it within milliseconds', async () => {
    const sandbox = await aWarmOne('warm-quick')
    const waiting = claim(sandbox).then((answer) => ({ answer, at: performance.now() }))
    await isProven(sandbox.name)
    const run = await live.admitted({ agent: 'script' })
    expect(await takeWarmSandbox({ claim: run, shape: 'warm-quick' }, live.engine)).toBe(sandbox.name)
    const takenAt = performance.now()
    const { answer, at } = await waiting
    expect(answer.status).toBe(200)
    expect(at - takenAt).toBeLessThan(250)
    expect(JSON.parse((await spec(tokenOf(answer))).text)).toMatchObject({ runId: run.runId })
  })

  it('that is not needed any more is told at once', async () => {
    const sandbox = await aWarmOne('warm-dismissed')
    const waiting = claim(sandbox)
    await isProven(sandbox.name)
    await dismissFromPool([sandbox.name], live.engine)
    const answer = await waiting
    expect([answer.status, codeOf(answer)]).toEqual([410, 'sandbox.dismissed'])
  })

  it('that asks anew has its older call answered: one waits, the newest', async () => {
    const sandbox = await aWarmOne('warm-twice')
    const older = claim(sandbox)
    await isProven(sandbox.name)
    const newer = claim(sandbox)
    expect((await older).status).toBe(202)
    const run = await live.admitted({ agent: 'script' })
    await takeWarmSandbox({ claim: run, shape: 'warm-twice' }, live.engine)
    expect((await newer).status).toBe(200)
  })

  it('comes back at once when its gateway stops, fifty of them, and each gets its run from the next one', async () => {
    const sandboxes = await Promise.all(Array.from({ length: 50 }, () => aWarmOne('warm-many')))
    const waiting = sandboxes.map((sandbox) => claim(sandbox))
    await Promise.all(sandboxes.map(({ name }) => isProven(name)))
    await live.restart()
    for (const answer of await Promise.all(waiting))
      expect([answer.status, codeOf(answer)]).toEqual([503, 'service.stopping'])
    const again = sandboxes.map((sandbox) => claim(sandbox))
    const runs = new Set<string>()
    for (const _ of sandboxes) {
      const run = await live.admitted({ agent: 'script' })
      runs.add(run.runId)
      expect(await takeWarmSandbox({ claim: run, shape: 'warm-many' }, live.engine)).toBeDefined()
    }
    const tokens = (await Promise.all(again)).map(tokenOf)
    const given = await Promise.all(
      tokens.map(async (token) => (JSON.parse((await spec(token)).text) as { runId: string }).runId),
    )
    expect(new Set(given)).toEqual(runs)
  })
})

describe('what a sandbox says that will run nothing', () => {
  it('is kept with it, and its claim is over', async () => {
    const sandbox = await aSandbox()
    const failure = { code: 'wall.open', detail: 'Still open after 15 s: 10.0.0.1:8601 (the canary).' }
    const { name, uid } = sandbox
    expect((await post(SANDBOX_PATHS.failed, { name, uid, ...failure })).status).toBe(204)
    expect(await readSandboxOfRun(sandbox.run.runId, live.engine)).toMatchObject({ failure })
    expect((await claim(sandbox)).status).toBe(410)
  })

  it('is taken from the sandbox alone, and only what a sandbox may say', async () => {
    const { name } = await aSandbox()
    const body = { name, uid: uidOf(999_998), code: 'wall.open', detail: '' }
    expect((await post(SANDBOX_PATHS.failed, body)).status).toBe(404)
    const strange = await post(SANDBOX_PATHS.failed, { ...body, code: 'run.budget' })
    expect([strange.status, codeOf(strange)]).toEqual([400, 'input.invalid'])
  })
})

describe('the door for sandboxes without a token', () => {
  it('is not on the socket of this machine', async () => {
    const { socketPath } = live
    const answer = await ask({ socketPath, method: 'POST', path: SANDBOX_PATHS.claim, body: '{}' })
    expect([answer.status, codeOf(answer)]).toEqual([404, 'path.unknown'])
  })

  it('takes little and answers nothing else', async () => {
    const cases: readonly (readonly [string, unknown, number])[] = [
      [SANDBOX_PATHS.claim, 'no JSON', 400],
      [SANDBOX_PATHS.claim, { name: 'x', uid: 'y', wall: WALL }, 400],
      [SANDBOX_PATHS.claim, 'x'.repeat(100_000), 413],
      ['/sandbox/v1/others', {}, 404],
      ['/runner/v1/spec', {}, 401],
    ]
    for (const [path, body, status] of cases) expect([path, (await post(path, body)).status]).toEqual([path, status])
  })

  it('is shut for a while to who guesses for a sandbox, and to no other', async () => {
    const [sandbox, other] = [await aSandbox(), await aSandbox()]
    const guesser = '127.0.0.9'
    const guess = () => claim({ ...sandbox, uid: uidOf(999_997) }, guesser).then(({ status }) => status)
    const statuses = new Set<number>()
    for (let round = 0; round < 30 && !statuses.has(429); round++)
      for (const status of await Promise.all(Array.from({ length: 20 }, guess))) statuses.add(status)
    expect(statuses).toEqual(new Set([404, 429]))
    expect((await claim(other, guesser)).status).toBe(200)
    expect((await claim(sandbox)).status).toBe(200)
  })
})

it('the canary takes whoever comes and closes at once', async () => {
  const socket = connect({ host: HERE, port: live.gateway.sandboxes?.canaryPort ?? 0 })
  await once(socket, 'connect')
  socket.resume()
  await once(socket, 'close')
  expect(socket.bytesRead).toBe(0)
})
