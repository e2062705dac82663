import { Fault } from '@errand/contracts'
import type { Logger } from '@errand/observe'
import pg from 'pg'
import { openAnnouncements } from './announcements.ts'

/** A statement that Postgres parses once per connection. The name is its identity: one name, one text, for ever. */
export interface Statement {
  readonly name: string
  readonly text: string
}

export interface Queryable {
  /** Runs a statement and gives its rows. The caller names the row's shape: the SQL beside it is the proof. */
  rows<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>
  /** The first row, or undefined. */
  row<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row | undefined>
  /** How many rows the statement changed. */
  affected(statement: Statement, values?: readonly unknown[]): Promise<number>
}

/** Inside a transaction. `client` is for what a named statement cannot do (COPY, DDL, drizzle). */
export interface Transaction extends Queryable {
  readonly client: pg.PoolClient
}

export interface Database extends Queryable {
  readonly url: string
  readonly pool: pg.Pool
  /**
   * Runs `work` once, in one READ COMMITTED transaction, and commits when it resolves; when it rejects, everything
   * is rolled back and its error is thrown as it was. `work` must not use the database outside of `tx`: with all
   * connections taken by transactions that wait for another one, nothing would move.
   * A connection lost during the commit throws although the commit may have happened: only an idempotent caller may
   * try again.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * NOTIFY with an id, soon, together with others, and apart from any transaction: for what is told often. It may be
   * lost. What is committed together with a state that somebody must act on uses `pg_notify` in that statement.
   */
  announce(channel: string, id: string): void
  /** Waits for the running statements, then closes every connection. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly url: string
  readonly log: Logger
  readonly maxConnections?: number
  /** Shown in pg_stat_activity. */
  readonly name?: string
}

/**
 * Opens a pool; no connection is made before the first statement. A lost connection is a `Fault`
 * `start.database-unreachable` at the statement that met it, never an unhandled 'error': the next statement connects
 * anew, so a restarted Postgres is simply found again. `bigint` columns come as numbers.
 */
export function openDatabase({ url, log, maxConnections = 10, name = 'errand' }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    application_name: name,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 60_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    // Every statement is a walk along an index whatever its values are. Left alone, Postgres plans some of them anew each time, the
    // more often the longer the history is.
    options: '-c plan_cache_mode=force_generic_plan',
    types: columnTypes,
  })
  const connectionLost = (error: Error): void =>
    log.debug({ op: 'database.disconnect', error }, 'a database connection ended')
  // The pool listens only while a client is idle, the client's own listener covers it while it is taken. Without both,
  // a Postgres that stops takes this process down with an unhandled 'error'.
  pool.on('error', connectionLost)
  pool.on('connect', (client) => void client.on('error', connectionLost))

  const statements = queries(pool)
  const announcements = openAnnouncements(statements, log)
  return {
    url,
    pool,
    ...statements,
    transaction: (work) => transaction(pool, work),
    announce: (channel, id) => announcements.announce(channel, id),
    close: async () => {
      await announcements.sent()
      await pool.end()
    },
  }
}

function queries(target: pg.Pool | pg.PoolClient): Queryable {
  const run = async (statement: Statement, values: readonly unknown[]): Promise<pg.QueryResult> => {
    try {
      return await target.query({ name: statement.name, text: statement.text, values: [...values] })
    } catch (error) {
      throw explained(error)
    }
  }
  return {
    rows: async <Row extends object>(statement: Statement, values: readonly unknown[] = []) =>
      (await run(statement, values)).rows as Row[],
    row: async <Row extends object>(statement: Statement, values: readonly unknown[] = []) =>
      (await run(statement, values)).rows[0] as Row | undefined,
    affected: async (statement, values = []) => (await run(statement, values)).rowCount ?? 0,
  }
}

async function transaction<T>(pool: pg.Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw explained(error)
  })
  let isBroken = false
  try {
    await client.query('begin')
    const result = await work({ client, ...queries(client) })
    await client.query('commit')
    return result
  } catch (error) {
    // A connection that cannot even roll back must not go back into the pool: it may still be inside the transaction.
    isBroken = await client.query('rollback').then(
      () => false,
      () => true,
    )
    throw explained(error)
  } finally {
    client.release(isBroken)
  }
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  // A Service without a pod behind it.
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  // admin_shutdown, crash_shutdown, cannot_connect_now
  '57P01',
  '57P02',
  '57P03',
])

/** True for an error that says "no connection", not "bad statement": the same call can succeed on a new connection. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof Fault) return error.code === 'start.database-unreachable'
  const code: unknown = Reflect.get(error, 'code')
  if (typeof code === 'string') return CONNECTION_CODES.has(code) || code.startsWith('08')
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
    error.message,
  )
}

export function unreachable(cause: unknown): Fault {
  return cause instanceof Fault ? cause : new Fault('start.database-unreachable', undefined, { cause })
}

function explained(error: unknown): unknown {
  return isConnectionLost(error) ? unreachable(error) : error
}

const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 && format !== 'binary'
      ? toSafeNumber
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

/** Sequence numbers and sizes stay far below 2^53; one beyond it is refused, not rounded. */
function toSafeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond what a number can hold`)
  return value
}
