import type { Logger, StartPart } from '@errand/observe'
import { openStore, startPostgres, type Store } from '@errand/store'
import type { LocalConfig } from '../config.ts'
import type { DataFolder } from './dataFolder.ts'

import type { Progress } from './progress.ts'

interface StoreDeps {
  readonly part: StartPart
  readonly progress: Progress
  readonly log: Logger
}

/** The embedded PostgreSQL or the one of DATABASE_URL, with this version's tables, and the connection that listens. */
export async function startStore(config: LocalConfig, folder: DataFolder, deps: StoreDeps): Promise<Store> {
  const { part, progress, log } = deps
  const url = config.databaseUrl ?? (await startEmbedded(config, folder, deps))
  return progress.step('Tables', () => openStore({ url, name: 'errand' }, { part, log }))
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
