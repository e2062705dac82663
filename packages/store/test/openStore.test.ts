import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { pipeline } from 'node:stream'
import { openStore } from '@errand/store'
import { freePort, recordedLog, testDatabase, until } from '@errand/testkit'
import { expect, onTestFinished, test } from 'vitest'

test('a process that waits finds a Postgres that answers later; another says at once that there is none', async () => {
  const { db, close } = await testDatabase()
  onTestFinished(close)
  const port = await freePort()
  const there = new URL(db.url.replace('@/', '@socket/'))
  const socket = `${there.searchParams.get('host')}/.s.PGSQL.${there.searchParams.get('port')}`
  const url = `postgresql://${there.username}:${there.password}@127.0.0.1:${port}${there.pathname}`
  const { log, lines } = recordedLog()
  const parts = { part: <T>({ start }: { start: () => Promise<T> }) => start(), log }
  await expect(openStore({ url, name: 'hasty' }, parts)).rejects.toMatchObject({ code: 'start.database-unreachable' })
  const waiting = openStore({ url, name: 'patient', waits: true }, parts)
  await until(() => lines().some(({ op }) => op === 'postgres.wait'), { what: 'a process that says that it waits' })
  // Its connections end as either side ends them, which is no fault of the test.
  const server = createServer((from) => pipeline(from, connect(socket), from, () => undefined)).listen(
    port,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const store = await waiting
  onTestFinished(async () => {
    await store.listener.close()
    await store.db.close()
    server.close()
  })
  expect(await store.db.rows({ name: 'test.one', text: 'select 1 as one' })).toEqual([{ one: 1 }])
})
