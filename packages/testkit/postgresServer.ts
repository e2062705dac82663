import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { migrate, openDatabase, startPostgres } from '@errand/store'
import pg from 'pg'
import { quietLog } from './quietLog.ts'

export const TEMPLATE = 'base'

/** What the process that started the server tells those that test with it. */
export type ServerNote = { readonly url: string } | { readonly failed: string }

export interface TestServer {
  /** A `ServerNote` appears here once the server is ready and its template is migrated. */
  readonly noteFile: string
  stop(): Promise<void>
}

export interface TestServerOptions {
  readonly folder: string
  /** Another PostgreSQL's programs. */
  readonly bin: string | undefined
}

/**
 * Starts one Postgres for a whole test run, without waiting for it: the first test that wants a database waits. Nothing
 * is synced to disk, as nobody needs it after the run.
 */
export function startTestServer({ folder, bin }: TestServerOptions): TestServer {
  const noteFile = join(folder, 'note.json')
  const started = startPostgres({
    folder: join(folder, 'pg'),
    log: quietLog(),
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
    ...(bin === undefined ? {} : { bin }),
  })
  const noted = started
    .then(async ({ url }) => {
      await makeTemplate(url)
      await writeNote(noteFile, { url })
    })
    .catch((error: unknown) =>
      writeNote(noteFile, { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    )
  return {
    noteFile,
    stop: async () => {
      await noted
      await started.then(
        (postgres) => postgres.stop(),
        () => undefined,
      )
    },
  }
}

async function makeTemplate(url: string): Promise<void> {
  await asAdmin(url, `create database ${TEMPLATE}`)
  const db = openDatabase({ url: urlOf(url, TEMPLATE), log: quietLog() })
  await migrate(db)
  await db.close()
  // A template that anybody is connected to cannot be copied.
  await asAdmin(url, `alter database ${TEMPLATE} allow_connections false`)
}

export async function asAdmin(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(url, 'postgres') })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** The same server's address with another database. */
export function urlOf(url: string, database: string): string {
  return url.replace(/\/\w+(\?|$)/, `/${database}$1`)
}

async function writeNote(file: string, note: ServerNote): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(note), { mode: 0o600 })
  await rename(`${file}.new`, file)
}
