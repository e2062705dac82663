/** `gateway.ts FOLDER PORT RUNS`: a whole gateway over a real Postgres, with so many live runs that use one MCP server. */
import { createWriteStream } from 'node:fs'
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
import { createLogger, createMetrics } from '@errand/observe'
import { migrate, openBlobs, openDatabase, openListener, startPostgres } from '@errand/store'
import { sealer } from '@errand/vault'
import { generateVaultKey, opener, publicHalf } from '@errand/vault/open'

const [folder = '', port, count] = process.argv.slice(2)
// As in life, but for who reads it.
const log = createLogger({ name: 'bench', level: 'info', stream: createWriteStream('/dev/null') })
const now = () => new Date()
const postgres = await startPostgres({ folder: join(folder, 'postgres'), log })
const db = openDatabase({ url: postgres.url, log })
await migrate(db)
const key = await generateVaultKey(now())
const listener = await openListener({ url: postgres.url, log })
const engine = {
  db,
  log,
  now,
  sealer: sealer(publicHalf(key)),
  blobs: await openBlobs(join(folder, 'blobs')),
  feed: await openRunFeed({ listener }),
  capabilities: () => ({ mayRunAnyAgent: true }),
  maxLiveRuns: 1000,
}
const owner = await ensureOwner({ orgName: 'bench' }, engine)
await setCredentialSecret(owner, { name: 'bench', spec: { type: 'bearer' }, secret: 'of-the-bench' }, engine)
const server = { type: 'remote', url: `http://127.0.0.1:${port}/mcp`, private: true, credential: 'bench' }
const agent = { runtime: 'claude-code', mcp: [{ server: 'bench', rules: [], otherwise: 'allow' }] }
for (const [kind, spec] of Object.entries({ McpServer: server, Agent: agent }))
  await applyDocument(owner, { source: `kind: ${kind}\nname: bench\nspec: ${JSON.stringify(spec)}\n` }, engine)
const gateway = await startGateway(
  { socketPath: join(folder, 'gw', 'gateway.sock'), repositoriesFolder: join(folder, 'repositories') },
  { engine, opener: opener([key]), listener, log, now, metrics: createMetrics() },
)
const runs: { socketPath: string; token: string }[] = []
while (runs.length < Number(count)) {
  await createRun(owner, { prompt: 'bench', agent: 'bench' }, engine)
  await admitNext(engine)
  for (const claim of await claimRuns({ owner: 'bench', leaseMs: 3_600_000, limit: 10 }, engine)) {
    const issued = await issueRunToken({ claim }, engine)
    if (issued.kind === 'fenced') throw new Error('the run belongs to another')
    runs.push({ socketPath: join(await gateway.doors.open(claim.runId), 'gateway.sock'), token: issued.token })
  }
}
process.stdout.write(`${JSON.stringify(runs)}\n`)
process.once(
  'SIGTERM',
  () =>
    void gateway
      .close()
      .then(() => postgres.stop())
      .then(() => process.exit(0)),
)
