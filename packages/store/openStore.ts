import { setTimeout as delay } from 'node:timers/promises'
import type { Logger, StartPart } from '@errand/observe'
import { type Database, isConnectionLost, openDatabase } from './database.ts'
import { type Listener, openListener } from './listen.ts'
import { migrate } from './migrate.ts'

export interface Store {
  readonly db: Database
  readonly listener: Listener
}

interface StoreOptions {
  readonly url: string
  /** Shown in pg_stat_activity. */
  readonly name: string
  /** Postgres is started at the same time, as by the chart, and may take a minute until it answers. */
  readonly waits?: boolean
}

/** A process's connections to Postgres, with this version's tables. */
export async function openStore(
  { url, name, waits = false }: StoreOptions,
  { part, log }: { readonly part: StartPart; readonly log: Logger },
): Promise<Store> {
  const db = await part({
    name: 'database',
    start: () => Promise.resolve(openDatabase({ url, log, name })),
    close: (opened) => opened.close(),
  })
  await answered(db, { patienceMs: waits ? PATIENCE_MS : 0, log })
  await migrate(db)
  const listener = await part({
    name: 'listener',
    start: () => openListener({ url, log }),
    close: (opened) => opened.close(),
  })
  return { db, listener }
}

const PATIENCE_MS = 60_000
const PAUSE_MS = 250

/** Fault `start.database-unreachable` where nothing answers. */
async function answered(db: Database, { patienceMs, log }: { patienceMs: number; log: Logger }): Promise<void> {
  const until = performance.now() + patienceMs
  for (let isFirst = true; ; isFirst = false) {
    try {
      await db.row(SAY_ONE)
      return
    } catch (error) {
      if (!isConnectionLost(error) || performance.now() > until) throw error
      if (isFirst) log.info({ op: 'postgres.wait', error }, 'Postgres does not answer yet')
      await delay(PAUSE_MS)
    }
  }
}

const SAY_ONE = { name: 'store.answers', text: 'select 1' }
