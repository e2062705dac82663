import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, openDatabase, startPostgres } from '@errand/store'
import { quietLog } from '@errand/testkit'

let folder: string | undefined

/** Named in vitest's configuration; runs once: makes the database that every installation of the scenarios begins with. */
export async function setup(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'errand-e2e-database-'))
  const log = quietLog()
  const postgres = await startPostgres({ folder, log, settings: { fsync: 'off' } })
  const db = openDatabase({ url: postgres.url, log })
  await migrate(db)
  await db.close()
  await postgres.stop()
  process.env['ERRAND_E2E_DATABASE'] = folder
}

export async function teardown(): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
}
