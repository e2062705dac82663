import { Fault } from '@errand/contracts'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import type { Database } from './database.ts'

const FOLDER = `${import.meta.dirname}/migrations`
/** Any number that nothing else here locks with. */
const MIGRATION_LOCK = 742_001
const OLDEST_VERSION = 150_000

/**
 * Brings the database to this version's tables. Any number of processes may call it at once: one applies, the others
 * wait and find it done. Fault `start.config-invalid` on a PostgreSQL older than 15.
 */
export async function migrate(db: Database): Promise<void> {
  const client = await db.pool.connect()
  try {
    const version = await client.query<{ server_version_num: string; server_version: string }>(
      "select current_setting('server_version_num') as server_version_num, current_setting('server_version') as server_version",
    )
    const [found] = version.rows
    if (found === undefined || Number(found.server_version_num) < OLDEST_VERSION)
      throw new Fault('start.config-invalid', `DATABASE_URL: PostgreSQL 15 or newer is needed, this is ${found?.server_version ?? 'unknown'}.`)
    // Waiting for another's migration may take as long as it takes.
    await client.query('set statement_timeout = 0')
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await applyMigrations(drizzle(client), { migrationsFolder: FOLDER })
  } finally {
    // Closing the connection gives the lock back and forgets the timeout, whatever happened before.
    client.release(true)
  }
}
