import { randomUUID } from 'node:crypto'
import { idSchema, type OrgId, type RunId, type SystemEvent } from '@errand/contracts'
import { type Actor, appendEvents, type EngineDeps, recordMcpCalls } from '@errand/engine'
import { type Logger, type Metrics, noTracing, type Tracing } from '@errand/observe'
import { CHANNELS, type Listener } from '@errand/store'
import type { Opener } from '@errand/vault/open'
import { dirname, join } from 'node:path'
import { beat } from './beats.ts'
import { type GatewayConfig, GATEWAY_DEFAULTS, type SandboxListen } from './config.ts'
import type { GatewayDeps } from './deps.ts'
import { type ConnectDeps, systemNetwork } from './egress/connect.ts'
import { createEgressDeps } from './egress/createEgressDeps.ts'
import { seedTrustedHosts } from './egress/seedTrustedHosts.ts'
import { createDoors, type Doors } from './doors.ts'
import { createGitDeps } from './git/createGitDeps.ts'
import { inBatches } from './inBatches.ts'
import { createPlaces } from './git/places.ts'
import { branchReader } from './git/readBranches.ts'
import { type OwnerGitHandler, ownerGitHandler } from './git/ownerGit.ts'
import { keptGrants } from './keptGrants.ts'
import { listenOnSocket, removeStale } from './listenOnSocket.ts'
import { createSpending } from './llm/spending.ts'
import { createUpstreams } from './llm/upstreams.ts'
import { createCredentialOpener } from './openCredential.ts'
import { openCallJournal, takeUpJournals } from './mcp/callJournal.ts'
import { createMcpDeps, type McpTokens } from './mcp/mcpDeps.ts'
import { type GithubTokens, githubTokens } from './githubApp/githubTokens.ts'
import { createOutbound } from './outbound/outbound.ts'
import { createOauth, type Oauth } from './oauth/oauth.ts'
import { targetReader } from './oauth/readTarget.ts'
import { keepGrantsFresh } from './oauth/refreshLoop.ts'
import { grantVault } from './oauth/tokens.ts'
import { lookAtDuePulls } from './pull/lookLoop.ts'
import { answerRequests } from './requests/answerRequests.ts'
import { type RunRef, runRecorder } from './runRecorder.ts'
import { takeInSandboxes } from './sandbox/takeInSandboxes.ts'
import { sealAnew } from './sealAnew.ts'
import { createRefusalLimit } from './sandbox/refusalLimit.ts'
import { type HostedEndpoints, hostedEndpoints } from './hosted/endpoints.ts'
import { openHosted } from './hosted/openHosted.ts'
import { cameThroughDoor } from './origin.ts'
import { createSandboxWakes } from './sandbox/sandboxWakes.ts'
import { createGatewayServer } from './server.ts'

export type { GatewayConfig } from './config.ts'
export { ensureDemoRepository } from './demo/ensureDemoRepository.ts'

export interface StartDeps {
  readonly engine: EngineDeps
  readonly opener: Opener
  readonly listener: Pick<Listener, 'hear'>
  readonly log: Logger
  readonly now: () => Date
  /** In whose settings the machine's package hosts are put when no trusted host is set. Absent: nobody is asked. */
  readonly owner?: Actor
  readonly metrics: Metrics
  readonly tracing?: Tracing
  /** How names are resolved and connections opened; the machine's own way unless told otherwise. */
  readonly network?: ConnectDeps
}

export type StartConfig = Pick<GatewayConfig, 'socketPath' | 'repositoriesFolder'> & Partial<GatewayConfig>

export interface Gateway {
  /** Its own, for those who ask whether it is there. No token is taken there. */
  readonly socketPath: string
  /** For the sandboxes of this machine. */
  readonly doors: Doors
  /** For those of hosted MCP servers. */
  readonly hostedDoors: Doors<'instance'>
  readonly hosted: HostedEndpoints
  /** Where the sandboxes of a cluster find it, with the ports that it really has. */
  readonly sandboxes: SandboxListen | null
  /** Git of local repositories for a person, whom the front door has authenticated. */
  readonly ownerGit: OwnerGitHandler
  /** Refuses what waits, cuts what streams, gives up the socket. Runners try again until another gateway is there. */
  close(): Promise<void>
}

/** Starts a gateway on a unix socket and at the doors that an earlier one left. Resolves when it answers. */
export async function startGateway(options: StartConfig, start: StartDeps): Promise<Gateway> {
  const { engine, listener, owner } = start
  const id = randomUUID()
  const deps = createDeps({ ...GATEWAY_DEFAULTS, ...options }, start, id)
  const { config, log, git, upstreams, outbound } = deps
  await takeUpWhatIsLeft(deps)
  const beats = await beat(id, deps)
  const stopHearing = await listener.hear(CHANNELS.runWake, {
    onPayload: (runId) => deps.grants.forget(idSchema('run').parse(runId)),
    onMissed: () => deps.grants.forget(null),
  })
  const hosted = await openHosted(deps, (onNews) =>
    listener.hear(CHANNELS.instanceWake, { onPayload: onNews, onMissed: onNews }),
  )
  const gateway = createGatewayServer(deps, hosted.overNetwork)
  const requests = await answerRequests(deps, (wake) =>
    listener.hear(CHANNELS.gatewayRequests, { onPayload: wake, onMissed: wake }),
  )
  const looks = lookAtDuePulls(deps)
  const grants = keepGrantsFresh(deps)
  const sandboxes = await takeInSandboxes(gateway, deps, (hearer) => listener.hear(CHANNELS.sandboxWake, hearer))
  const doors = createDoors(dirname(config.socketPath), {
    holds: 'run',
    onSocket(socket, runId) {
      cameThroughDoor(socket, runId)
      gateway.connect(socket)
    },
  })
  await doors.reopen()
  await listenOnSocket(gateway.server, config.socketPath)
  const sealed = sealAnew({ engine, opener: start.opener, log })
  const seeding = new AbortController()
  const seeded = owner === undefined ? null : seedTrustedHosts(owner, { engine, log, signal: seeding.signal })
  return {
    socketPath: config.socketPath,
    doors,
    hostedDoors: hosted.doors,
    hosted: deps.hosted,
    sandboxes: sandboxes?.at ?? null,
    ownerGit: ownerGitHandler(git),
    async close() {
      seeding.abort()
      const closed = Promise.all([gateway.close(), sandboxes?.close(), doors.shut(), hosted.close()])
      // Requests that are under way may still want an upstream: they end first.
      await Promise.all([requests.close(), looks.close(), grants.close(), gateway.stopCalls(), seeded, sealed])
      await deps.mcp.records.flush()
      stopHearing()
      await beats.close()
      deps.mcp.sse.close()
      gateway.cut()
      await closed
      await Promise.all([upstreams.close(), outbound.close(), git.dispatchers.close()])
      await removeStale(config.socketPath)
    },
  }
}

async function takeUpWhatIsLeft({ config, engine, git, log }: GatewayDeps): Promise<void> {
  await git.repositories.sweep()
  await takeUpJournals(journalFolder(config), (left) => recordMcpCalls(left, engine), { log })
}

/** Beside the repositories: what else of a gateway outlives it. */
function journalFolder({ repositoriesFolder }: Pick<GatewayConfig, 'repositoriesFolder'>): string {
  return join(dirname(repositoriesFolder), 'calls')
}

function createDeps(config: GatewayConfig, start: StartDeps, id: string): GatewayDeps {
  const { engine, opener, now, metrics, tracing = noTracing, network = systemNetwork } = start
  const log = start.log.child({ part: 'gateway' })
  const credentials = createCredentialOpener({ opener, keepMs: config.credentialKeepMs, now })
  const recorder = runRecorder({ append: appender(engine), log })
  const outbound = createOutbound({ network, isLoopbackOpen: config.isLoopbackOpen })
  const vault = grantVault({ sealer: engine.sealer, opener })
  const git = createGitDeps({ engine, credentials, network, recorder, log, ...config })
  const oauth = createOauth({ engine, vault, outbound, log, readTarget: targetReader({ engine, credentials }) })
  return {
    engine,
    config,
    log,
    metrics,
    tracing,
    now,
    credentials,
    upstreams: createUpstreams(),
    outbound,
    oauth,
    grants: keptGrants(engine),
    spending: createSpending(),
    budgetsReached: new Set(),
    git,
    egress: createEgressDeps({ engine, network, recorder }),
    mcp: createMcpDeps({
      engine,
      gateway: id,
      journal: openCallJournal({ folder: journalFolder(config), gateway: id }, { log }),
      outbound,
      tokens: tokensOf(oauth, githubTokens({ engine, credentials, outbound, log, now })),
    }),
    branches: branchReader({ git, now }),
    hosted: hostedEndpoints(engine),
    sandboxWakes: createSandboxWakes(),
    refusals: createRefusalLimit(() => performance.now()),
    pullTurns: createPlaces(1),
    removeRepository: (repository) => git.repositories.remove(repository),
  }
}

function tokensOf(oauth: Oauth, apps: GithubTokens): McpTokens {
  return {
    accessToken: (which) => (which.kind === 'oauth' ? oauth.accessToken(which) : apps.token(which)),
    anotherToken: (refusal) =>
      refusal.kind === 'oauth' ? oauth.refused(refusal) : apps.another(refusal, refusal.token),
    isSignedIn: (which) => oauth.isSignedIn(which),
  }
}

function appender(engine: EngineDeps): (run: RunRef, event: SystemEvent) => Promise<void> {
  const append = inBatches(async (runId: RunId, items: readonly { orgId: OrgId; event: SystemEvent }[]) => {
    const [first] = items
    if (first === undefined) return
    const events = items.map(({ event }) => event)
    await appendEvents({ orgId: first.orgId, runId, source: 'system', events }, engine)
  })
  return ({ orgId, runId }, event) => append.add(runId, { orgId, event })
}
