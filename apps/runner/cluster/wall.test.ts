import { expect, test } from 'vitest'
import { jumpingClock } from '../test/jumpingClock.ts'
import { addressText, type HostPort } from './place.ts'
import { proveWall, type Wall } from './wall.ts'

/** What becomes of a connect that begins at this moment. */
type Network = (address: string, atMs: number) => 'open' | 'slow' | 'refused' | 'silent'

const GATEWAY = '10.0.0.1:8600'
const CANARY = '10.0.0.1:8601'
const API = '10.0.0.2:443'

const at = (text: string): HostPort => ({ host: text.split(':')[0] ?? '', port: Number(text.split(':')[1]) })
const TAKES_MS = { open: 1, slow: 25, refused: 1, silent: 100 }

async function prove(network: Network, { closed = [API], deadlineMs = 10_000 } = {}) {
  const clock = jumpingClock()
  let dialled = 0
  let held = 0
  const probe = async (address: HostPort, signal: AbortSignal): Promise<boolean> => {
    dialled++
    held++
    const fate = network(addressText(address), clock.now())
    await new Promise<void>((resolve) => {
      clock.after(TAKES_MS[fate], resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    held--
    return fate === 'open' || fate === 'slow'
  }
  const place = { gateway: at(GATEWAY), canary: at(CANARY), closed: closed.map(at), wallDeadlineMs: deadlineMs }
  let wall: Wall | undefined
  void proveWall(place, { clock, probe, startedAt: 0 }).then((verdict) => (wall = verdict))
  await clock.run(() => wall !== undefined)
  if (wall === undefined) throw new Error('no verdict')
  return { wall, dialled, held, endedMs: clock.now() }
}

const walled: Network = (address) => (address === GATEWAY ? 'open' : 'refused')

async function stoodMs(network: Network): Promise<number> {
  const { wall } = await prove(network)
  return wall.kind === 'stands' ? wall.report.ms : Number.NaN
}

test('a wall that stands from the start is proven within 21 ms, and nothing stays connected', async () => {
  const { wall, held } = await prove(walled)
  expect(wall).toEqual({
    kind: 'stands',
    report: {
      ms: 21,
      rounds: 5,
      targets: [
        { what: 'gateway', address: GATEWAY, wasOpen: true, ms: 1 },
        { what: 'canary', address: CANARY, wasOpen: false, ms: 1 },
        { what: 'closed', address: API, wasOpen: false, ms: 1 },
      ],
    },
  })
  expect(held).toBe(0)
})

for (const openMs of [20, 100, 130, 2_000]) {
  test(`a policy that comes after ${openMs} ms is noticed soon after`, async () => {
    const late: Network = (address, ms) => (ms < openMs ? 'open' : walled(address, ms))
    const ms = await stoodMs(late)
    expect(ms).toBeGreaterThanOrEqual(openMs)
    expect(ms).toBeLessThanOrEqual(openMs * 1.03 + 32)
  })
}

test('while the canary answers the rest is asked seldom, and before the wall stands twice more', async () => {
  const asked: number[] = []
  const { wall } = await prove((address, ms) => {
    if (address === API) asked.push(ms)
    return ms < 1_200 ? 'open' : walled(address, ms)
  })
  expect(wall).toMatchObject({ kind: 'stands', report: { targets: [{}, {}, { what: 'closed', wasOpen: true }] } })
  expect(asked.filter((ms) => ms < 1_200).map((ms) => Math.floor(ms / 500))).toEqual([0, 1, 2])
  expect(asked.filter((ms) => ms >= 1_200)).toHaveLength(2)
})

test('what drops packets is as closed as what refuses them: it has been silent much longer than the gateway', async () => {
  const ms = await stoodMs((address, now) => (now < 100 ? 'open' : address === GATEWAY ? 'open' : 'silent'))
  expect(ms).toBeGreaterThanOrEqual(120)
  expect(ms).toBeLessThanOrEqual(140)
})

test('where the gateway itself is slow, silence has to last longer', async () => {
  const slow = await stoodMs((address) => (address === GATEWAY ? 'slow' : 'silent'))
  expect(slow).toBeGreaterThanOrEqual(110)
  // What is as slow as the gateway is no silence.
  const { wall } = await prove((address) => (address === API ? 'refused' : 'slow'), { deadlineMs: 2_000 })
  expect(wall).toMatchObject({ kind: 'open' })
})

test('refusals and silence mixed, as an engine that limits its refusals gives them, are closed', async () => {
  let count = 0
  expect(
    await stoodMs((address) => (address === GATEWAY ? 'open' : ++count % 3 === 0 ? 'silent' : 'refused')),
  ).toBeLessThan(250)
})

test('a canary that flaps is open: the wall stands when it has been silent for longer than that', async () => {
  const flapping: Network = (address, ms) =>
    address === CANARY && ms < 400 && Math.floor(ms / 20) % 2 === 0 ? 'open' : walled(address, ms)
  const ms = await stoodMs(flapping)
  expect(ms).toBeGreaterThanOrEqual(400)
  expect(ms).toBeLessThanOrEqual(430)
})

test('rounds whose silence ends late do not hide that something was open meanwhile', async () => {
  // The first rounds are answered by silence, which is known after 10 ms; what begins then finds the canary open.
  const ms = await stoodMs((address, now) =>
    address !== CANARY ? walled(address, now) : now < 12 ? 'silent' : now < 300 ? 'open' : 'refused',
  )
  expect(ms).toBeGreaterThanOrEqual(300)
})

test('a gateway that answers late is waited for: a wall that closes it too is no proof', async () => {
  const ms = await stoodMs((address, now) => (address === GATEWAY && now < 700 ? 'silent' : walled(address, now)))
  expect(ms).toBeGreaterThanOrEqual(700)
  expect(ms).toBeLessThanOrEqual(760)
})

test('a cluster that enforces nothing is told as open, at the deadline, with what was open', async () => {
  const { wall, endedMs, held } = await prove(() => 'open', { deadlineMs: 5_000 })
  expect(wall).toEqual({ kind: 'open', detail: `Still open after 5 s: ${CANARY} (the canary), ${API}.` })
  expect(endedMs).toBe(5_000)
  expect(held).toBe(0)
})

test('one address that stays open holds everything up, however closed the canary is', async () => {
  const { wall } = await prove((address, ms) => (address === API ? 'open' : walled(address, ms)), { deadlineMs: 4_000 })
  expect(wall).toEqual({ kind: 'open', detail: `Still open after 4 s: ${API}.` })
})

test('a gateway that never answers is told as blocked', async () => {
  const { wall } = await prove(() => 'silent', { deadlineMs: 2_000 })
  expect(wall).toEqual({ kind: 'blocked', detail: `${GATEWAY} did not answer once in 2 s.` })
})

test('a policy that came, and closed the gateway with the rest, is blocked and not open', async () => {
  const { wall } = await prove((_address, ms) => (ms < 100 ? 'open' : 'refused'), { deadlineMs: 3_000 })
  expect(wall).toEqual({ kind: 'blocked', detail: `${GATEWAY} answered only now and then in 3 s.` })
})

test('a slow engine is asked less often', async () => {
  const { dialled } = await prove(() => 'open', { deadlineMs: 60_000 })
  expect(dialled).toBeLessThan(3 * 1_000)
})
