import {
  type Actor,
  createClaimLink,
  createToken,
  type EngineDeps,
  ensureOwner,
  keepBoundaryReport,
  openRunFeed,
  proveRun,
} from '@errand/engine'
import { createMetrics, type Logger, runProcess, type StartPart } from '@errand/observe'
import { openBlobStore, openStore } from '@errand/store'
import type { SystemPort } from '@errand/surfaces'
import { sealerFromFile } from '@errand/vault/file'
import { readConfig } from './config.ts'
import { forwardOwnerGit, noOwnerGit } from './routes/forwardOwnerGit.ts'
import { openPort, startApi } from './start.ts'

const STOP_MS = 20_000
/** As is said here; the api itself knows nothing of the cluster. */
const PLACE = ['Runs live in pods of a cluster; each proves its wall before anything starts.']

/** What guards the namespace of the runs only the controller can see; the run that is fired now tries it from inside. */
const PLACE_CHECK = {
  name: 'Runs live in pods of a cluster',
  ok: true,
  tried: 'fire a run of the self-test',
  happened: 'what it found is below',
}

const config = readConfig()
/**
 * For whoever may run commands in this pod: `api.mjs claim` prints a link that claims this Errand, or opens it again for who is
 * locked out; `api.mjs token NAME` an API token for `errand login`; `api.mjs doctor` tries the wall
 * and prints its checks. Each ends then.
 */
const [, , command, tokenName = 'cluster'] = process.argv
const isCommand = command === 'claim' || command === 'token' || command === 'doctor'
const level = isCommand ? 'warn' : config.logLevel

await runProcess({ name: 'api', level, stopMs: STOP_MS }, async ({ log, part }) => {
  const { db, listener } = await openStore(
    { url: config.databaseUrl, name: 'errand-api', waits: !isCommand },
    { part, log },
  )
  const feed = await part({
    name: 'feed',
    start: () => openRunFeed({ listener }),
    close: async (opened) => opened.close(),
  })
  const engine: EngineDeps = {
    db,
    log,
    now: () => new Date(),
    feed,
    // The gateway writes it when it first starts; until then this process ends and is started again.
    sealer: await sealerFromFile(config.vaultPublic),
    blobs: await openBlobStore(config.blobs),
    capabilities: () => ({ mayRunAnyAgent: true }),
    maxLiveRuns: config.maxLiveRuns,
  }
  const owner = await ensureOwner({ orgName: 'default' }, engine)
  if (!isCommand) return serve({ engine, owner, log, part })
  if (command === 'doctor') {
    process.stdout.write(`${JSON.stringify(await selfTest(owner, engine))}\n`)
    return 'done'
  }
  if (command === 'token') {
    process.stdout.write(`${(await createToken(owner, { name: tokenName }, engine)).token}\n`)
    return 'done'
  }
  const address = config.publicUrl ?? `http://127.0.0.1:${config.port}`
  process.stdout.write(`${address}/claim#${await createClaimLink(owner, engine)}\n`)
  return 'done'
})

/** Kept, as the one that a page asks for. */
async function selfTest(owner: Actor, engine: EngineDeps): Promise<Awaited<ReturnType<typeof proveRun>>> {
  const began = performance.now()
  const boundary = await proveRun(owner, engine)
  const report = { machine: [PLACE_CHECK], boundary: [...boundary], isIsolated: true }
  await keepBoundaryReport(owner, { report, ms: Math.round(performance.now() - began) }, engine)
  return boundary
}

interface Served {
  readonly engine: EngineDeps
  readonly owner: Actor
  readonly log: Logger
  readonly part: StartPart
}

async function serve({ engine, owner, log, part }: Served): Promise<void> {
  const { publicUrl, sessionSecret, pagesUrl, ownerUrl } = config
  const port = await openPort(config)
  const git = ownerUrl === null ? null : forwardOwnerGit(ownerUrl)
  const metrics = createMetrics()
  const deps = {
    engine,
    log,
    owner,
    system: systemOf(publicUrl ?? port.address, () => proveRun(owner, engine)),
    ownerGit: git?.ownerGit ?? noOwnerGit,
    checks: { database: () => engine.db.rows({ name: 'health', text: 'select 1' }) },
    pagesUrl: () => pagesUrl,
    metrics: () => metrics.render(),
  }
  await part({
    name: 'api',
    start: () => Promise.resolve(startApi(port, { publicUrl, sessionSecret }, deps)),
    close: async (opened) => {
      await opened.close()
      git?.close()
    },
  })
}

function systemOf(address: string, prove: () => ReturnType<typeof proveRun>): SystemPort {
  const startedAt = new Date().toISOString()
  return {
    info: () => ({ version: config.version, startedAt, address, isIsolated: true, runsOn: 'cluster', machine: PLACE }),
    doctor: async () => ({ machine: [PLACE_CHECK], boundary: await prove(), isIsolated: true }),
  }
}
