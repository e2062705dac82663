import { mkdtemp, readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, openDatabase, startPostgres } from '@errand/store'
import pg from 'pg'
import { until } from './poll.ts'
import { quietLog } from './quietLog.ts'

const PREFIX = 'errand-test-'
export const TEMPLATE = 'base'

/** What the process that started the server tells those that test with it. */
export type ServerNote = { readonly url: string } | { readonly failed: string }

export interface TestServer {
  /** A `ServerNote` appears here once the server is ready and its template is migrated. */
  readonly noteFile: string
  stop(): Promise<void>
}

/**
 * Starts one Postgres for a whole test run, without waiting for it: the first test that wants a database waits. Nothing
 * is synced to disk, as nobody needs it after the run.
 */
export async function startTestServer(bin: string | undefined): Promise<TestServer> {
  await sweepForgotten()
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`))
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
      await rm(folder, { recursive: true, force: true })
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

/** A test run that was killed leaves its server behind; the next run ends it. Runs that are alive are left alone. */
async function sweepForgotten(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    if (owner === undefined || (await exists(`/proc/${owner}`))) continue
    const data = join(tmpdir(), name, 'pg', 'data')
    const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0])
    const worksIn = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
    if (pid > 0 && worksIn === data) {
      process.kill(pid, 'SIGQUIT')
      await until(async () => !(await exists(`/proc/${pid}/exe`)), { what: `the end of process ${pid}` })
    }
    await rm(join(tmpdir(), name), { recursive: true, force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  return readlink(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'EINVAL',
  )
}
