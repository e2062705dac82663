import { ensureOwner, openRunFeed, type Actor, type EngineDeps } from '@errand/engine'
import type { Logger } from '@errand/observe'
import { type Capabilities, detectLimiter, type Executor, localExecutor } from '@errand/sandbox'
import { openBlobs } from '@errand/store'
import { sealerFromFile } from '@errand/vault/file'
import { ensureVaultKeys, type Opener, opener } from '@errand/vault/open'
import { availableParallelism, totalmem } from 'node:os'
import type { LocalConfig } from '../config.ts'
import type { DataFolder } from './dataFolder.ts'
import { defaultLiveRuns, seenMachine } from './machine.ts'
import type { StartPart } from './parts.ts'
import type { Store } from './store.ts'

export interface EngineParts {
  readonly engine: EngineDeps
  readonly owner: Actor
  /** For the gateway alone. */
  readonly opener: Opener
  readonly executor: Executor
  /** What the machine can do, as last seen. */
  readonly machine: () => Capabilities
}

interface Given {
  readonly store: Store
  readonly part: StartPart
  readonly log: Logger
  readonly now: () => Date
}

/** The rules' dependencies, the sandboxes of this machine, and whom it belongs to. */
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
  const executor = await part({
    name: 'sandboxes',
    start: () => Promise.resolve(openExecutor(config, folder, { log, now })),
    close: (opened) => opened.close(),
  })
  const machine = await seenMachine(executor)
  const engine: EngineDeps = {
    db,
    log: log.child({ part: 'engine' }),
    now,
    sealer: await sealerFromFile(folder.vaultPublic),
    blobs: await openBlobs(folder.blobs),
    feed,
    capabilities: () => ({ mayRunAnyAgent: machine().isolation !== 'none' || config.mayRunUnisolated }),
    maxLiveRuns: defaultLiveRuns({ cores: availableParallelism(), memoryMib: totalmem() / 2 ** 20 }),
  }
  return { engine, executor, machine, opener: opener(keys), owner: await ensureOwner({ orgName: 'default' }, engine) }
}

function openExecutor(config: LocalConfig, folder: DataFolder, { log, now }: Pick<Given, 'log' | 'now'>): Executor {
  const sandbox = {
    folder: folder.sandboxes,
    gatewayFolder: folder.gateway,
    nodePath: process.execPath,
    claudePath: config.claudePath,
    runnerPath: config.runnerPath,
    uids: config.uids,
  }
  return localExecutor(sandbox, {
    log: log.child({ part: 'sandbox' }),
    now,
    limiter: detectLimiter(),
    isRoot: process.getuid?.() === 0,
  })
}
