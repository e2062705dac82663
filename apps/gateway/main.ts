import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureOwner, openRunFeed } from '@errand/engine'
import { createMetrics, runProcess } from '@errand/observe'
import { openBlobStore, openStore } from '@errand/store'
import { sealer } from '@errand/vault'
import { opener, publicHalf, vaultKeysFromSeeds } from '@errand/vault/open'
import { readConfig } from './config.ts'
import { listenForApi } from './ownerPort.ts'
import { startGateway } from './start.ts'

const STOP_MS = 25_000

const config = readConfig()

await runProcess({ name: 'gateway', level: config.logLevel, stopMs: STOP_MS }, async ({ log, part }) => {
  const { repositoriesFolder, anthropicUrl, mcpRegistryUrl, imageRegistries, clientDocumentUrl, listen, ownerPort } =
    config
  const now = () => new Date()
  const metrics = createMetrics()
  const { db, listener } = await openStore(
    { url: config.databaseUrl, name: 'errand-gateway', waits: true },
    { part, log },
  )
  const feed = await part({
    name: 'feed',
    start: () => openRunFeed({ listener }),
    close: async (opened) => opened.close(),
  })
  const keys = await vaultKeysFromSeeds(config.vault, now)
  const [current] = keys
  if (current === undefined) throw new Error('the vault has no key')
  const engine = {
    db,
    log,
    now,
    feed,
    sealer: sealer(publicHalf(current)),
    blobs: await openBlobStore(config.blobs),
    capabilities: () => ({ mayRunAnyAgent: true }),
    maxLiveRuns: 1,
  }
  const owner = await ensureOwner({ orgName: 'default' }, engine)
  const socketPath = join(await mkdtemp(join(tmpdir(), 'gw-')), 'gateway.sock')
  const gateway = await part({
    name: 'gateway',
    start: () =>
      startGateway(
        {
          socketPath,
          repositoriesFolder,
          anthropicUrl,
          mcpRegistryUrl,
          imageRegistries,
          clientDocumentUrl,
          sandboxListen: listen,
        },
        { engine, opener: opener(keys), listener, log, now, owner, metrics },
      ),
    close: (opened) => opened.close(),
  })
  await part({
    name: 'owner-port',
    start: () => listenForApi({ host: listen.host, port: ownerPort }, { engine, ownerGit: gateway.ownerGit, metrics }),
    close: (opened) => opened.close(),
  })
})
