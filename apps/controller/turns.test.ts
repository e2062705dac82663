import { quietLog } from '@errand/testkit'
import { expect, test } from 'vitest'
import { takeTurns } from './turns.ts'

const ORG = ['org_1'] as unknown as Awaited<ReturnType<Parameters<typeof takeTurns>[1]['lookForWork']>>['withRoom']

/** One controller, whose looks happen when the test says so. */
async function controller() {
  const world = {
    ms: 0,
    isFree: false,
    dueAt: null as number | null,
    /** At each time that it is asked. */
    room: [] as boolean[],
    isAtWork: false,
    taken: 0,
    begun: 0,
    isBroken: false,
  }
  let turn = Promise.withResolvers<void>()
  let looked = Promise.withResolvers<void>()
  const begin = async () => {
    if (world.isBroken) throw new Error('no cluster')
    world.begun++
    world.isAtWork = true
    return { taken: () => world.taken, close: async () => void (world.isAtWork = false) }
  }
  const turns = takeTurns(begin, {
    hold: async () => world.isFree,
    lookForWork: async () => ({
      withRoom: world.room.shift() === true ? ORG : [],
      nextWakeAt: world.dueAt === null ? null : new Date(world.dueAt),
    }),
    now: () => new Date(world.ms),
    log: quietLog(),
    delay: (ms, { signal } = {}) => {
      world.ms += ms
      // Within a look.
      if (signal === undefined) return Promise.resolve()
      signal.addEventListener('abort', () => turn.resolve())
      looked.resolve()
      return turn.promise
    },
  })
  /** One more look; gives whether it is at work then. */
  const look = async (): Promise<boolean> => {
    looked = Promise.withResolvers()
    const before = turn
    turn = Promise.withResolvers()
    before.resolve()
    await looked.promise
    return world.isAtWork
  }
  // The one with which it begins.
  await looked.promise
  return { world, look, close: () => turns.close() }
}

test('the first is at work at once, for as long as it is the first', async () => {
  const { world, look, close } = await controller()
  world.isFree = true
  for (let second = 0; second < 200; second++) expect(await look()).toBe(true)
  expect(world.begun).toBe(1)
  await close()
  expect(world.isAtWork).toBe(false)
})

test('another rests, and takes over when the first is gone', async () => {
  const { world, look, close } = await controller()
  expect(await look()).toBe(false)
  world.isFree = true
  expect(await look()).toBe(true)
  await close()
})

test('what is due is the first one’s, until it has been left lying for a second', async () => {
  const { world, look, close } = await controller()
  for (let second = 0; second < 10; second++) {
    // The look comes when this has been due for 900 ms.
    world.dueAt = world.ms - 900
    expect(await look()).toBe(false)
  }
  world.dueAt = world.ms - 1_100
  expect(await look()).toBe(true)
  await close()
})

test('one who waits while there is room is let in by it after a second in which nobody did', async () => {
  const { world, look, close } = await controller()
  world.room = [true, true, true, true, false]
  expect(await look()).toBe(false)
  world.room = [true, true, true, true, true]
  const before = world.ms
  expect(await look()).toBe(true)
  expect(world.ms - before).toBeGreaterThanOrEqual(1_000)
  await close()
})

test('one that helped rests again a minute after it was of use last, and can begin anew', async () => {
  const { world, look, close } = await controller()
  world.dueAt = -10_000
  expect(await look()).toBe(true)
  for (let second = 0; second < 100; second++) {
    world.taken++
    expect(await look()).toBe(true)
  }
  world.dueAt = null
  let seconds = 0
  while (await look()) seconds++
  expect(seconds).toBeGreaterThanOrEqual(58)
  expect(seconds).toBeLessThanOrEqual(62)
  world.isFree = true
  expect(await look()).toBe(true)
  expect(world.begun).toBe(2)
  await close()
})

test('a beginning that fails is tried again', async () => {
  const { world, look, close } = await controller()
  world.isFree = true
  world.isBroken = true
  expect(await look()).toBe(false)
  world.isBroken = false
  expect(await look()).toBe(true)
  await close()
})
