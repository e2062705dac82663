import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Fault } from '@errand/contracts'
import type pg from 'pg'
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
      throw new Fault(
        'start.config-invalid',
        `DATABASE_URL: PostgreSQL 15 or newer is needed, this is ${found?.server_version ?? 'unknown'}.`,
      )
    // Waiting for another's migration may take as long as it takes.
    await client.query('set statement_timeout = 0')
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await applyMissing(client)
  } finally {
    // Closing the connection gives the lock back and forgets the timeout, whatever happened before.
    client.release(true)
  }
}

interface Journal {
  readonly entries: readonly { readonly tag: string; readonly when: number }[]
}

/**
 * Applies what drizzle-kit wrote, in its order and under its own table, each file in one transaction. Its migrator does
 * the same but brings 250 MB of a query builder that nothing else here uses.
 */
async function applyMissing(client: pg.PoolClient): Promise<void> {
  await client.query('create schema if not exists drizzle')
  await client.query(
    'create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)',
  )
  const { rows } = await client.query<{ created_at: number }>('select created_at from drizzle.__drizzle_migrations')
  const applied = new Set(rows.map((row) => row.created_at))
  const journal = JSON.parse(await readFile(`${FOLDER}/meta/_journal.json`, 'utf8')) as Journal
  for (const { tag, when } of journal.entries) if (!applied.has(when)) await applyFile(client, { tag, when })
}

async function applyFile(client: pg.PoolClient, { tag, when }: { tag: string; when: number }): Promise<void> {
  const sql = await readFile(`${FOLDER}/${tag}.sql`, 'utf8')
  const hash = createHash('sha256').update(sql).digest('hex')
  await client.query('begin')
  try {
    for (const statement of sql.split('--> statement-breakpoint')) await client.query(statement)
    await client.query('insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)', [hash, when])
    await client.query('commit')
  } catch (cause) {
    // The caller closes the connection, which rolls back.
    throw new Error(`the migration ${tag} failed`, { cause })
  }
}
