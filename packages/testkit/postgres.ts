import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Database, openDatabase } from '@errand/store'
import { until } from './poll.ts'
import { asAdmin, type ServerNote, TEMPLATE, urlOf } from './postgresServer.ts'
import { quietLog } from './quietLog.ts'

export interface TestDatabase {
  readonly url: string
  readonly db: Database
  /** Closes `db` and drops the database, whoever else is still connected. */
  readonly close: () => Promise<void>
}

/**
 * A migrated, empty database of its own on the test run's real Postgres (some 50 ms). One per test file:
 * `const { db, close } = await testDatabase()` at the top, `afterAll(close)` below it.
 * `ERRAND_TEST_POSTGRES_BIN` runs everything on another PostgreSQL's programs.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await serverUrl()
  const name = `test_${randomBytes(8).toString('hex')}`
  await asAdmin(server, `create database ${name} template ${TEMPLATE}`)
  const url = urlOf(server, name)
  const db = openDatabase({ url, log: quietLog() })
  return {
    url,
    db,
    close: async () => {
      await db.close()
      await asAdmin(server, `drop database ${name} with (force)`)
    },
  }
}

async function serverUrl(): Promise<string> {
  const noteFile = process.env['ERRAND_TEST_POSTGRES_NOTE']
  if (noteFile === undefined)
    throw new Error('testDatabase() needs packages/testkit/globalSetup.ts in the vitest project')
  const text = await until(() => readFile(noteFile, 'utf8'), { deadlineMs: 60_000, what: 'the test Postgres' })
  const note = JSON.parse(text) as ServerNote
  if ('failed' in note) throw new Error(`the test Postgres did not start: ${note.failed}`)
  return note.url
}
