import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AgentSpec, CreateRun, CredentialSpec, RunEvent, RunEventBody, RunId } from '@errand/contracts'
import {
  admitNext,
  applyDocument,
  appendEvents,
  cancelRun,
  type ClaimedRun,
  claimRuns,
  createRun,
  deleteCredential,
  ensureOwner,
  issueRunToken,
  openRunFeed,
  readEvents,
  setCredentialSecret,
} from '@errand/engine'
import { createMetrics } from '@errand/observe'
import { openBlobs, openListener } from '@errand/store'
import { recordedLog, testDatabase, until } from '@errand/testkit'
import { sealer } from '@errand/vault'
import { generateVaultKey, opener, publicHalf } from '@errand/vault/open'
import type { ConnectDeps } from '../../egress/connect.ts'
import { type StartConfig, startGateway } from '../../start.ts'
import { type Answer, ask, type Ask, asAgent, asRunner } from './ask.ts'

export interface LiveRun {
  readonly runId: RunId
  readonly token: string
  /** Of its own door. */
  readonly socketPath: string
  /** A call of the agent's, as its runner forwards it. */
  asAgent(call: Omit<Ask, 'socketPath'>): Promise<Answer>
  /** A call of the runner's own. */
  asRunner(call: Omit<Ask, 'socketPath'>): Promise<Answer>
  events(): Promise<readonly RunEvent[]>
  eventsOf<T extends RunEventBody['type']>(type: T): Promise<readonly Extract<RunEventBody, { type: T }>[]>
  /** Waits for the first event of a type. */
  event<T extends RunEventBody['type']>(type: T): Promise<Extract<RunEventBody, { type: T }>>
  cancel(): Promise<void>
  /** Ends it as a controller would. */
  end(): Promise<void>
}

/** A gateway as it runs: real Postgres, real engine, real vault, real socket. */
export async function startLiveGateway(options: Partial<StartConfig> = {}, network?: ConnectDeps) {
  const database = await testDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'errand-gateway-'))
  const { log, lines } = recordedLog()
  const now = () => new Date()
  const key = await generateVaultKey(now())
  const listener = await openListener({ url: database.url, log })
  const feed = await openRunFeed({ listener })
  const engine = {
    db: database.db,
    log,
    now,
    sealer: sealer(publicHalf(key)),
    blobs: await openBlobs(join(folder, 'blobs')),
    feed,
    capabilities: () => ({ mayRunAnyAgent: true }),
    maxLiveRuns: 1000,
  }
  const owner = await ensureOwner({ orgName: 'test' }, engine)
  const socketPath = join(folder, 'gw', 'gateway.sock')
  const start = () =>
    startGateway(
      { socketPath, repositoriesFolder: join(folder, 'repositories'), demoWordMs: 0, ...options },
      {
        engine,
        opener: opener([key]),
        listener,
        log,
        now,
        metrics: createMetrics(),
        ...(network === undefined ? {} : { network }),
      },
    )
  let gateway = await start()

  const liveRun = (runId: RunId, token: string): LiveRun => {
    const ownSocket = join(folder, 'gw', runId, 'gateway.sock')
    const events = () => readEvents(owner, { runId, after: 0, limit: 10_000 }, engine)
    const eventsOf: LiveRun['eventsOf'] = async <T extends RunEventBody['type']>(type: T) =>
      (await events())
        .map(({ body }) => body)
        .filter((body): body is Extract<RunEventBody, { type: T }> => body.type === type)
    return {
      runId,
      token,
      socketPath: ownSocket,
      asAgent: (call) => ask({ socketPath: ownSocket, ...call, headers: { ...asAgent(token), ...call.headers } }),
      asRunner: (call) => ask({ socketPath: ownSocket, ...call, headers: { ...asRunner(token), ...call.headers } }),
      events,
      eventsOf,
      event: (type) => until(async () => (await eventsOf(type))[0], { what: `the event ${type}` }),
      cancel: () => cancelRun(owner, runId, engine),
      end: async () => {
        const body = { type: 'run.ended', status: 'failed', code: 'run.lost' } as const
        await appendEvents({ orgId: owner.orgId, runId, source: 'system', events: [body] }, engine)
      },
    }
  }

  /** A run that has a place, and nothing else yet. */
  const admitted = async (input: Partial<CreateRun> = {}): Promise<ClaimedRun> => {
    const { runId } = await createRun(owner, { prompt: 'Do it', ...input }, engine)
    await admitNext(engine)
    return await until(
      async () =>
        (await claimRuns({ owner: 'test', leaseMs: 60_000, limit: 100 }, engine)).find((one) => one.runId === runId),
      { what: 'the claim' },
    )
  }

  return {
    engine,
    owner,
    socketPath,
    get gateway() {
      return gateway
    },
    /** For another process that shall do the same. */
    place: {
      databaseUrl: database.url,
      key,
      blobs: join(folder, 'blobs'),
      config: { socketPath, repositoriesFolder: join(folder, 'repositories'), ...options },
    },
    stop: () => gateway.close(),
    async restart() {
      await gateway.close()
      gateway = await start()
    },
    log: lines,
    addCredential: (name: string, spec: CredentialSpec, secret?: string) =>
      setCredentialSecret(owner, { name, spec, ...(secret === undefined ? {} : { secret }) }, engine),
    addAgent: (name: string, spec: Partial<AgentSpec>) =>
      applyDocument(
        owner,
        { source: `kind: Agent\nname: ${name}\nspec: ${JSON.stringify({ runtime: 'claude-code', ...spec })}\n` },
        engine,
      ),
    admitted,
    liveRun,
    /** A run that has a place and a token, as after its sandbox was started. */
    async run(input: Partial<CreateRun> = {}): Promise<LiveRun> {
      const claim = await admitted(input)
      const issued = await issueRunToken({ claim }, engine)
      if (issued.kind === 'fenced') throw new Error('another holds the run')
      await gateway.doors.open(claim.runId)
      return liveRun(claim.runId, issued.token)
    },
    forget: (name: string) => deleteCredential(owner, name, engine),
    /** Everything in the database as text. */
    async everyRow(): Promise<string> {
      const tables = await database.db.pool.query<{ name: string }>(
        "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'",
      )
      const rows = await Promise.all(
        tables.rows.map(({ name }) => database.db.pool.query(`select t::text from ${name} t`)),
      )
      return JSON.stringify(rows.map((one) => one.rows))
    },
    async close() {
      await gateway.close()
      feed.close()
      await listener.close()
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type LiveGateway = Awaited<ReturnType<typeof startLiveGateway>>
