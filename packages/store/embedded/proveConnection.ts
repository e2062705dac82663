import pg from 'pg'
import { addressUrl, DATABASE } from './place.ts'
import type { PostmasterFile } from './postmasterFile.ts'

export type Proof =
  | { readonly ok: true }
  | { readonly ok: false; readonly mayComeRight: boolean; readonly error: unknown }

/** cannot_connect_now (starting, recovering), too_many_connections. */
const PASSING = new Set(['57P03', '53300', 'ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'ETIMEDOUT'])

/** Connects and asks: "ready" in a file is a claim, an answer is a fact. Makes the database on the first time. */
export async function proveConnection({ host, port }: PostmasterFile, password: string): Promise<Proof> {
  const client = new pg.Client({
    connectionString: addressUrl(host, port, password, 'postgres'),
    connectionTimeoutMillis: 5_000,
  })
  // The answer of the failing call is what counts; without a listener the event would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE])
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`)
    return { ok: true }
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
    return { ok: false, mayComeRight: typeof code !== 'string' || PASSING.has(code), error }
  } finally {
    await client.end().catch(() => undefined)
  }
}
