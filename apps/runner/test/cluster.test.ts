import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { faultWire, RUNNER_PATHS, SANDBOX_PATHS } from '@errand/contracts'
import { type FakeGateway, type Folder, startFakeGateway, temporaryFolder, until } from '@errand/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runnerBundle } from './bundle.ts'
import { type Claimed, type ClusterDoor, openClusterDoor } from './clusterDoor.ts'
import { aSpec } from './startRunner.ts'

const UID = '2f0c6e5e-9d0a-4a43-8a54-0c6a1c6de111'
const TOKEN = 'run-token-of-this-test'
const GRANTED: Claimed = { status: 200, body: { token: TOKEN } }

let folder: Folder
let fake: FakeGateway
let door: ClusterDoor | null = null
const children: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  folder = await temporaryFolder('errand-cluster')
  await Promise.all(['workspace', 'home'].map((name) => mkdir(join(folder.path, name))))
})
afterEach(async () => {
  for (const end of children.splice(0)) await end()
  await door?.close()
  door = null
  await fake.close()
  await folder.remove()
})

const inWorkspace = (name: string) => join(folder.path, 'workspace', name)

/** A runner as it is started in a pod, in front of a gateway that answers its claims in turn. */
async function aPod(claims: readonly Claimed[], { script = 'true', env = {} as Record<string, string> } = {}) {
  fake = await startFakeGateway({ spec: aSpec({ runtime: { kind: 'script', script } }) })
  const opened = (door = await openClusterDoor(fake, claims))
  const child = spawn(process.execPath, [await runnerBundle()], {
    env: {
      PATH: process.env['PATH'] ?? '',
      ERRAND_SANDBOX: 'errand-warm-1',
      ERRAND_POD_UID: UID,
      ERRAND_GATEWAY: `127.0.0.1:${opened.port}`,
      ERRAND_CANARY: `127.0.0.1:${opened.canaryPort}`,
      ERRAND_WALL_DEADLINE_MS: '20000',
      ERRAND_WORKSPACE: join(folder.path, 'workspace'),
      ERRAND_HOME: join(folder.path, 'home'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  children.push(() => {
    child.kill('SIGKILL')
    return exited
  })
  return { door: opened, child, exited, printed: () => printed }
}

const claimsOf = ({ asked }: ClusterDoor) => asked.filter(({ path }) => path === SANDBOX_PATHS.claim)

describe('a sandbox of a cluster', () => {
  test('claims its run once the wall stands, runs it, and says in its log how long the wall took', async () => {
    const { door: here, exited, printed } = await aPod([GRANTED], { script: 'env > seen.txt; echo done' })
    await until(() => here.canaryVisits() > 0)
    expect(claimsOf(here)).toEqual([])
    await here.closeCanary()
    expect([await exited, printed()]).toEqual([0, ''])
    expect(claimsOf(here)).toEqual([
      {
        path: SANDBOX_PATHS.claim,
        body: {
          name: 'errand-warm-1',
          uid: UID,
          wall: {
            ms: expect.any(Number) as number,
            rounds: expect.any(Number) as number,
            targets: [
              expect.objectContaining({ what: 'gateway', address: `127.0.0.1:${here.port}`, wasOpen: true }) as unknown,
              expect.objectContaining({ what: 'canary', address: `127.0.0.1:${here.canaryPort}` }) as unknown,
            ],
          },
        },
      },
    ])
    expect(fake.bodies().slice(0, 3)).toEqual([
      { type: 'runner.started', version: expect.any(String) as string },
      { type: 'step.started', step: 'wall' },
      {
        type: 'step.finished',
        step: 'wall',
        ok: true,
        ms: expect.any(Number) as number,
        detail: expect.stringMatching(/^closed \d+ ms after the sandbox’s start; 1 target refused/) as string,
      },
    ])
    expect(fake.finished()).toMatchObject({ status: 'succeeded' })
    const seen = await readFile(inWorkspace('seen.txt'), 'utf8')
    expect(seen).not.toMatch(/ERRAND_(SANDBOX|POD_UID|GATEWAY|CANARY|CLOSED|WALL)/)
    expect(seen).not.toContain(TOKEN)
  })

  test('asks on over a gateway that does not know it yet, cuts, stops, is busy and has nothing', async () => {
    const claims: readonly Claimed[] = [
      { status: 404, body: faultWire('sandbox.unknown') },
      'cut',
      { status: 503, body: faultWire('service.stopping') },
      { status: 429, body: faultWire('sandbox.throttled') },
      { status: 202, body: {} },
      GRANTED,
    ]
    const { door: here, exited } = await aPod(claims)
    await here.closeCanary()
    expect(await exited).toBe(0)
    expect(claimsOf(here)).toHaveLength(6)
    expect(fake.finished()).toMatchObject({ status: 'succeeded' })
  })

  test('lets nothing of the agent run before the gateway has its report, for until then its ticket is good', async () => {
    const { door: here, exited } = await aPod([GRANTED], { script: 'touch started' })
    fake.failEvents(1_000, 503)
    await here.closeCanary()
    await until(() => here.count(RUNNER_PATHS.spec) > 0 && here.count(RUNNER_PATHS.events) > 3)
    expect(existsSync(inWorkspace('started'))).toBe(false)
    fake.failEvents(0, 503)
    expect(await exited).toBe(0)
    expect(existsSync(inWorkspace('started'))).toBe(true)
  })

  test('ends without a word when nobody needs it, and with one when its token went elsewhere', async () => {
    const dismissed = await aPod([{ status: 410, body: faultWire('sandbox.dismissed') }])
    await dismissed.door.closeCanary()
    expect([await dismissed.exited, dismissed.printed()]).toEqual([0, ''])
    await dismissed.door.close()
    await fake.close()
    const taken = await aPod([{ status: 409, body: faultWire('sandbox.taken') }])
    await taken.door.closeCanary()
    expect(await taken.exited).toBe(1)
    expect(taken.printed()).toContain('handed out already')
  })

  test('whose wall never stands says so and ends, without having asked for a token', async () => {
    const { door: here, exited, printed } = await aPod([GRANTED], { env: { ERRAND_WALL_DEADLINE_MS: '400' } })
    expect(await exited).toBe(1)
    const detail = `Still open after 0.4 s: 127.0.0.1:${here.canaryPort} (the canary).`
    expect(here.asked).toEqual([
      { path: SANDBOX_PATHS.failed, body: { name: 'errand-warm-1', uid: UID, code: 'wall.open', detail } },
    ])
    expect(printed()).toBe(`wall.open: ${detail}\n`)
  })

  test('that cannot reach its gateway prints it, for the cluster to keep', async () => {
    const env = { ERRAND_GATEWAY: '127.0.0.1:1', ERRAND_CANARY: '127.0.0.1:2', ERRAND_WALL_DEADLINE_MS: '300' }
    const { exited, printed } = await aPod([], { env })
    expect(await exited).toBe(1)
    expect(printed()).toBe('wall.blocked: 127.0.0.1:1 did not answer once in 0.3 s.\n')
  })

  test('that is not told what it needs names the variable', async () => {
    const { exited, printed } = await aPod([], { env: { ERRAND_CANARY: 'gateway:8601' } })
    expect(await exited).toBe(1)
    expect(printed()).toContain('ERRAND_CANARY has "gateway:8601"')
  })

  test('is gone at once when the cluster ends it', async () => {
    const { door: here, child, exited } = await aPod([GRANTED], { script: 'touch started; exec sleep 60' })
    await here.closeCanary()
    await until(() => existsSync(inWorkspace('started')))
    child.kill('SIGTERM')
    expect(await exited).toBe(143)
    expect(fake.finished()).toBeUndefined()
  })
})
