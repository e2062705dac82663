import { type Actor, type EngineDeps, ensureOwner, openRunFeed } from '@errand/engine'
import type { Logger, StartPart } from '@errand/observe'
import { openBlobStore } from '@errand/store'
import { sealerFromFile } from '@errand/vault/file'
import { ensureVaultKeys, type Opener, opener } from '@errand/vault/open'
import type { LocalConfig } from '../config.ts'
import type { DataFolder } from './dataFolder.ts'

import { type RunsPlace, runsPlace } from './runsPlace.ts'
import type { Store } from '@errand/store'

export interface EngineParts {
  readonly engine: EngineDeps
  readonly owner: Actor
  /** For the gateway alone. */
  readonly opener: Opener
  readonly place: RunsPlace
}

interface Given {
  readonly store: Store
  readonly part: StartPart
  readonly log: Logger
  readonly now: () => Date
}

/** The rules' dependencies, where runs live, and whom it belongs to. */
export async function startEngine(
  config: LocalConfig,
  folder: DataFolder,
  { store, part, log, now }: Given,
): Promise<EngineParts> {
  const { db, listener } = store
  const keys = await ensureVaultKeys({ privateFile: folder.vaultPrivate, publicFile: folder.vaultPublic }, now)
  const feed = await part({
    name: 'feed',
    start: () => openRunFeed({ listener }),
    close: async (opened) => opened.close(),
  })
  const place = await runsPlace(config, folder, { part, log, now })
  const engine: EngineDeps = {
    db,
    log: log.child({ part: 'engine' }),
    now,
    sealer: await sealerFromFile(folder.vaultPublic),
    blobs: await openBlobStore({ folder: folder.blobs, url: config.blobsUrl }),
    feed,
    capabilities: () => ({ mayRunAnyAgent: place.mayRunAnyAgent() }),
    maxLiveRuns: place.maxLiveRuns,
  }
  const owner = await ensureOwner({ orgName: 'default' }, engine)
  return { engine, place, opener: opener(keys), owner }
}
