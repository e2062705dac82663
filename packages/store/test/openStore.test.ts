import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { openStore } from '@errand/store'
import { freePort, quietLog, testDatabase } from '@errand/testkit'
import { expect, onTestFinished, test } from 'vitest'

test('a process that waits finds a Postgres that answers later; another says at once that there is none', async () => {
  const { db, close } = await testDatabase()
  onTestFinished(close)
  const port = await freePort()
  const there = new URL(db.url.replace('@/', '@socket/'))
  const socket = `${there.searchParams.get('host')}/.s.PGSQL.${there.searchParams.get('port')}`
  const url = `postgresql://${there.username}:${there.password}@127.0.0.1:${port}${there.pathname}`
  const parts = { part: <T>({ start }: { start: () => Promise<T> }) => start(), log: quietLog() }
  await expect(openStore({ url, name: 'hasty' }, parts)).rejects.toMatchObject({ code: 'start.database-unreachable' })
  const waiting = openStore({ url, name: 'patient', waits: true }, parts)
  await delay(300)
  const server = createServer((from) => void from.pipe(connect(socket)).pipe(from)).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const store = await waiting
  onTestFinished(async () => {
    await store.listener.close()
    await store.db.close()
    server.close()
  })
  expect(await store.db.rows({ name: 'test.one', text: 'select 1 as one' })).toEqual([{ one: 1 }])
})
