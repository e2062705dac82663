/** A gateway process for a test that kills it. It is told where on its first line, and says when it answers. */
import { createInterface } from 'node:readline/promises'
import { openRunFeed } from '@errand/engine'
import { createMetrics } from '@errand/observe'
import { openBlobs, openDatabase, openListener } from '@errand/store'
import { quietLog } from '@errand/testkit'
import { sealer } from '@errand/vault'
import { opener, publicHalf, type VaultKey } from '@errand/vault/open'
import { type StartConfig, startGateway } from '../../start.ts'

export interface KilledPlace {
  readonly databaseUrl: string
  readonly key: VaultKey
  readonly blobs: string
  readonly config: StartConfig
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const { databaseUrl: url, key, blobs, config } = JSON.parse((await lines.next()).value ?? '') as KilledPlace
const log = quietLog()
const now = () => new Date()
const listener = await openListener({ url, log })
const engine = {
  db: openDatabase({ url, log }),
  log,
  now,
  sealer: sealer(publicHalf(key)),
  blobs: await openBlobs(blobs),
  feed: await openRunFeed({ listener }),
  capabilities: () => ({ mayRunAnyAgent: true }),
  maxLiveRuns: 1000,
}
await startGateway(config, { engine, opener: opener([key]), listener, log, now, metrics: createMetrics() })
process.stdout.write('here\n')
