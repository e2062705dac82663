import type { Logger, StartPart } from '@errand/observe'
import { type Database, openDatabase } from './database.ts'
import { type Listener, openListener } from './listen.ts'
import { migrate } from './migrate.ts'

export interface Store {
  readonly db: Database
  readonly listener: Listener
}

/** A process's connections to Postgres, with this version's tables. `name` is shown in pg_stat_activity. */
export async function openStore(
  { url, name }: { readonly url: string; readonly name: string },
  { part, log }: { readonly part: StartPart; readonly log: Logger },
): Promise<Store> {
  const db = await part({
    name: 'database',
    start: () => Promise.resolve(openDatabase({ url, log, name })),
    close: (opened) => opened.close(),
  })
  await migrate(db)
  const listener = await part({
    name: 'listener',
    start: () => openListener({ url, log }),
    close: (opened) => opened.close(),
  })
  return { db, listener }
}
