import type { Logger, StartPart } from '@errand/observe'
import { type Database, type Listener, migrate, openDatabase, openListener, startPostgres } from '@errand/store'
import type { LocalConfig } from '../config.ts'
import type { DataFolder } from './dataFolder.ts'

import type { Progress } from './progress.ts'

export interface Store {
  readonly db: Database
  readonly listener: Listener
}

interface StoreDeps {
  readonly part: StartPart
  readonly progress: Progress
  readonly log: Logger
}

/** The embedded PostgreSQL or the one of DATABASE_URL, with this version's tables, and the connection that listens. */
export async function startStore(config: LocalConfig, folder: DataFolder, deps: StoreDeps): Promise<Store> {
  const { part, progress, log } = deps
  const url = config.databaseUrl ?? (await startEmbedded(config, folder, deps))
  const db = await part({
    name: 'database',
    start: () => Promise.resolve(openDatabase({ url, log })),
    close: (opened) => opened.close(),
  })
  await progress.step('Tables', () => migrate(db))
  const listener = await part({
    name: 'listener',
    start: () => openListener({ url, log }),
    close: (opened) => opened.close(),
  })
  return { db, listener }
}

async function startEmbedded(
  config: LocalConfig,
  folder: DataFolder,
  { part, progress, log }: StoreDeps,
): Promise<string> {
  const options = { folder: folder.postgres, log: log.child({ part: 'postgres' }) }
  const { url } = await part({
    name: 'postgres',
    start: () =>
      progress.step('PostgreSQL', () =>
        startPostgres(config.postgresBin === null ? options : { ...options, bin: config.postgresBin }),
      ),
    close: (postgres) => postgres.stop(),
  })
  return url
}
