import { openListener } from '@errand/store'
import { quietLog, testDatabase, until } from '@errand/testkit'
import { afterAll, afterEach, describe, expect, it } from 'vitest'

const { db, url, close } = await testDatabase()
afterAll(close)
const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

const notify = { name: 'test_notify', text: 'select pg_notify($1, $2)' }
const killListeners = {
  name: 'test_kill_listeners',
  text: `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'errand listener'`,
}

async function listening(channel: string) {
  const listener = await openListener({ url, log: quietLog() })
  cleanups.push(() => listener.close())
  const heard: string[] = []
  let missed = 0
  const stop = await listener.hear(channel, {
    onPayload: (payload) => void heard.push(payload),
    onMissed: () => void (missed += 1),
  })
  return { listener, heard, stop, missed: () => missed }
}

describe('a listener', () => {
  it('hears what is notified from the moment it subscribed, on every channel, over one connection', async () => {
    const { listener, heard } = await listening('one')
    const other: string[] = []
    await listener.hear('Two', { onPayload: (payload) => void other.push(payload), onMissed: () => undefined })
    await db.rows(notify, ['one', 'a'])
    await db.rows(notify, ['Two', 'b'])
    await until(() => heard.length === 1 && other.length === 1)
    expect([heard, other]).toEqual([['a'], ['b']])
  })

  it('stops hearing', async () => {
    const { listener, heard, stop } = await listening('stopped')
    stop()
    const witness: string[] = []
    await listener.hear('witness', { onPayload: (payload) => void witness.push(payload), onMissed: () => undefined })
    await db.rows(notify, ['stopped', 'a'])
    await db.rows(notify, ['witness', 'b'])
    await until(() => witness.length > 0)
    expect(heard).toEqual([])
  })

  it('comes back after its connection was cut, says that something may be missing, and hears again', async () => {
    const { heard, missed } = await listening('cut')
    await db.rows(killListeners)
    await until(() => missed() === 1)
    await db.rows(notify, ['cut', 'after'])
    await until(() => heard.length > 0)
    expect(heard).toEqual(['after'])
  })

  it('holds a lock that one has at a time, until its connection goes', async () => {
    const [first, second] = [await listening('a'), await listening('b')]
    expect(await first.listener.hold('turn')).toBe(true)
    expect(await second.listener.hold('turn')).toBe(false)
    expect(await second.listener.hold('another')).toBe(true)
    // Asked for again it is still one lock.
    expect(await first.listener.hold('turn')).toBe(true)
    await first.listener.close()
    await until(() => second.listener.hold('turn'))
    await db.rows(killListeners)
    await until(() => second.missed() === 1)
    const third = await listening('c')
    await until(() => third.listener.hold('turn'))
    expect(await second.listener.hold('turn')).toBe(false)
  })

  it('keeps telling the others when one hearer throws', async () => {
    const { listener, heard } = await listening('shared')
    await listener.hear('shared', {
      onPayload: () => {
        throw new Error('mine')
      },
      onMissed: () => undefined,
    })
    await db.rows(notify, ['shared', 'a'])
    await db.rows(notify, ['shared', 'b'])
    await until(() => heard.length === 2)
  })

  it('closes at any moment, also while it is coming back', async () => {
    for (const waitTurns of [0, 1, 5, 20]) {
      const { listener } = await listening('closing')
      await db.rows(killListeners)
      for (let turn = 0; turn < waitTurns; turn += 1) await db.rows(notify, ['closing', 'x'])
      await listener.close()
    }
    const left = { name: 'test_left', text: killListeners.text.replace('pg_terminate_backend(pid)', 'pid') }
    await until(async () => (await db.rows(left)).length === 0)
  })

  it('refuses to open without a database', async () => {
    const nowhere = 'postgresql://errand@/errand?host=/nonexistent&port=1'
    await expect(openListener({ url: nowhere, log: quietLog() })).rejects.toMatchObject({
      code: 'start.database-unreachable',
    })
  })
})
