import { join } from 'node:path'
import {
  admitNext,
  applyDocument,
  claimRuns,
  createRun,
  ensureOwner,
  issueRunToken,
  openRunFeed,
  setCredentialSecret,
} from '@errand/engine'
import { startGateway } from '@errand/gateway-app'
import { createMetrics } from '@errand/observe'
import { migrate, openBlobs, openDatabase, openListener, startPostgres } from '@errand/store'
import { quietLog } from '@errand/testkit'
import { sealer } from '@errand/vault'
import { generateVaultKey, opener, publicHalf } from '@errand/vault/open'

/** A whole gateway over a real Postgres, with one live run whose model is at `modelUrl`. */
export async function startBenchGateway({ folder, modelUrl }: { folder: string; modelUrl: string }) {
  const log = quietLog()
  const now = () => new Date()
  const postgres = await startPostgres({ folder: join(folder, 'postgres'), log })
  const db = openDatabase({ url: postgres.url, log })
  await migrate(db)
  const key = await generateVaultKey(now())
  const listener = await openListener({ url: postgres.url, log })
  const feed = await openRunFeed({ listener })
  const blobs = await openBlobs(join(folder, 'blobs'))
  const engine = {
    db,
    log,
    now,
    sealer: sealer(publicHalf(key)),
    blobs,
    feed,
    capabilities: () => ({ mayRunAnyAgent: true }),
    maxLiveRuns: 10,
  }
  const owner = await ensureOwner({ orgName: 'bench' }, engine)
  await setCredentialSecret(
    owner,
    { name: 'model', spec: { type: 'llm-compatible', baseUrl: modelUrl, auth: 'x-api-key' }, secret: 'bench' },
    engine,
  )
  await applyDocument(
    owner,
    { source: 'kind: Agent\nname: bench\nspec:\n  runtime: claude-code\n  credential: model\n  budgetUsd: 1000\n' },
    engine,
  )
  const { runId } = await createRun(owner, { prompt: 'bench', agent: 'bench' }, engine)
  await admitNext(engine)
  const claim = (await claimRuns({ owner: 'bench', leaseMs: 600_000, limit: 10 }, engine)).find(
    (one) => one.runId === runId,
  )
  if (claim === undefined) throw new Error('the run was not given out')
  const issued = await issueRunToken({ claim }, engine)
  if (issued.kind === 'fenced') throw new Error('the run belongs to another')
  const gateway = await startGateway(
    { socketPath: join(folder, 'gw', 'gateway.sock'), repositoriesFolder: join(folder, 'repositories') },
    { engine, opener: opener([key]), listener, log, now, metrics: createMetrics() },
  )
  return {
    socketPath: join(await gateway.doors.open(runId), 'gateway.sock'),
    token: issued.token,
    async close() {
      await gateway.close()
      feed.close()
      await listener.close()
      await db.close()
      await postgres.stop()
    },
  }
}
