import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { Secret } from '@errand/observe'
import {
  type AgentSpec,
  agentSpecSchema,
  Fault,
  newId,
  RUN_TOKEN_HEADER,
  type RunRepository,
  type SystemEvent,
  toFault,
} from '@errand/contracts'
import { parseAuthority } from '@errand/domain'
import type { Actor, RunGrant } from '@errand/engine'
import { type Forwarder, type GitServer, quietLog, startForwarder, temporaryFolder } from '@errand/testkit'
import { replyOver } from '../../answer.ts'
import type { Call, Reply } from '../../call.ts'
import { type ConnectDeps, systemNetwork } from '../../egress/connect.ts'
import type { EgressDeps, OrgNetwork } from '../../egress/egressDeps.ts'
import { forwardEgress } from '../../egress/forwardEgress.ts'
import { type GitCredential, remoteDispatchers } from '../../git/askRemote.ts'
import { forwardGit } from '../../git/forwardGit.ts'
import type { GitDeps } from '../../git/gitDeps.ts'
import { localRepositories } from '../../git/localRepositories.ts'
import { ownerGitHandler } from '../../git/ownerGit.ts'
import { createPlaces } from '../../git/places.ts'
import { createRenames } from '../../git/renames.ts'
import { listenOnSocket } from '../../listenOnSocket.ts'
import { originOf } from '../../origin.ts'
import { refuse } from '../../refuse.ts'
import { runRecorder } from '../../runRecorder.ts'
import { stripReservedHeaders } from '../../stages/stripReservedHeaders.ts'

const NOW = new Date('2026-01-05T09:00:00Z')
export const ORG = newId('org', NOW)
export const OWNER: Actor = { orgId: ORG, userId: newId('user', NOW), name: 'Ada' }

interface Setup {
  readonly network?: ConnectDeps
  readonly org?: Partial<OrgNetwork>
  readonly idleMs?: number
  /** PEM of an authority that signed an upstream's certificate. */
  readonly ca?: string
}

/** The git and egress stages behind a real unix socket, with what an engine would answer in memory. */
export async function startTrafficGateway({ network = systemNetwork, org = {}, idleMs = 60_000, ca }: Setup = {}) {
  const folder = await temporaryFolder('errand-gateway')
  const events: SystemEvent[] = []
  const grants = new Map<string, RunGrant>()
  const credentials: { readonly host: string; readonly credential: GitCredential }[] = []
  const registered = new Set<string>()
  const searchPath = process.env['PATH'] ?? ''
  const recorder = runRecorder({ append: async (_run, event) => void events.push(event), log: quietLog() })
  const git: GitDeps = {
    repositories: localRepositories({ folder: join(folder.path, 'repositories'), searchPath }),
    dispatchers: remoteDispatchers(network, ca === undefined ? {} : { ca }),
    renames: createRenames(),
    readGitCredential: async (_org, { host, port }) =>
      credentials.find((entry) => same(entry.host, { host, port }))?.credential ?? null,
    isRegistered: async (_org, name) => registered.has(name),
    recorder,
    searchPath,
    places: createPlaces(4),
    log: quietLog(),
  }
  const egress: EgressDeps = {
    network,
    recorder,
    // Nobody is asked here; with an engine behind it: heldHosts.test.ts.
    heldHosts: { wait: ({ refusal }) => Promise.reject(refusal) },
    idleMs,
    readOrgNetwork: async () => ({ trustedHosts: [], privateHosts: [], ...org }),
  }
  const gateway = await listen(join(folder.path, 'gateway.sock'), { grants, git, egress })
  const owner = ownerGitHandler(git)
  const forwarders: Forwarder[] = []

  return {
    git,
    events,
    registered,
    socketPath: gateway.path,
    owner,
    /** A runner's forwarder for a run with this grant. */
    async run(grant: Partial<RunGrant>, command?: string): Promise<Forwarder & { readonly grant: RunGrant }> {
      const token = `token-${grants.size + 1}`
      const whole = aGrant(grant)
      grants.set(token, whole)
      const forwarder = await startForwarder({
        socketPath: gateway.path,
        token,
        ...(command === undefined ? {} : { command }),
      })
      forwarders.push(forwarder)
      return { ...forwarder, grant: whole }
    },
    /** What the owner has set for a host; private unless said otherwise. */
    addCredential(host: string, credential: Partial<Omit<GitCredential, 'secret'>> & { readonly secret: string }) {
      const { secret, ...rest } = credential
      credentials.push({
        host,
        credential: { name: 'forge', username: 'x-access-token', isPrivate: true, ...rest, secret: new Secret(secret) },
      })
    },
    addCredentialOf(server: GitServer) {
      this.addCredential(server.host, { username: server.username, secret: server.password })
    },
    async close() {
      await Promise.all(forwarders.map((forwarder) => forwarder.close()))
      await gateway.close()
      await git.dispatchers.close()
      await folder.remove()
    },
  }
}

export type TrafficGateway = Awaited<ReturnType<typeof startTrafficGateway>>

function same(host: string, target: { host: string; port: number }): boolean {
  const named = parseAuthority(host, 443)
  return named?.host === target.host && named.port === target.port
}

export const PUSH_BRANCH = 'errand/fix-1'

export function aRepository(url: string): RunRepository {
  return { name: url, url, dir: 'repository', branch: null, pushBranch: PUSH_BRANCH }
}

export function aGrant(grant: Partial<RunGrant> = {}): RunGrant {
  const agentSpec: AgentSpec = agentSpecSchema.parse({ runtime: 'script' })
  return {
    orgId: ORG,
    runId: newId('run', NOW),
    agentSpec,
    network: agentSpec.network,
    hosts: [],
    repositories: [],
    inputs: [],
    mcp: [],
    credential: null,
    tokenAddress: null,
    tokenHash: '',
    budgetUsd: null,
    spentUsd: 0,
    isBudgetReached: false,
    desired: 'done',
    isOver: false,
    seq: 1,
    isWaiting: false,
    talkSeq: 0,
    deadlineAt: new Date(NOW.getTime() + 3_600_000),
    artifactDays: 30,
    maxArtifactBytes: 1_000_000,
    maxArtifacts: 10,
    ...grant,
  }
}

interface Stages {
  readonly grants: ReadonlyMap<string, RunGrant>
  readonly git: GitDeps
  readonly egress: EgressDeps
}

async function listen(path: string, { grants, git, egress }: Stages) {
  const server = createServer({ requestTimeout: 0 })
  const live = new Set<AbortController>()
  const take = async (request: IncomingMessage, reply: Reply) => {
    const abort = new AbortController()
    live.add(abort)
    const end = reply.kind === 'http' ? reply.response : reply.socket
    end.once('close', () => abort.abort(new Fault('service.stopping')))
    end.on('error', () => abort.abort(new Fault('service.stopping')))
    const { method = '', url: target = '' } = request
    const traffic = target.startsWith('/git/') ? 'git' : 'egress'
    const token = request.headers[RUN_TOKEN_HEADER]
    const grant = grants.get(String(token)) ?? null
    const call: Call = {
      id: newId('request', NOW),
      traffic,
      method,
      target,
      path: target,
      origin: originOf(request.socket),
      request,
      body: request,
      reply,
      signal: abort.signal,
      abort: (reason) => abort.abort(reason),
      startedAt: 0,
      fields: {},
      headers: {},
      grant,
      report: null,
      upstream: null,
      mcp: null,
    }
    stripReservedHeaders(call)
    await (traffic === 'git' ? forwardGit(call, { git }) : forwardEgress(call, { egress })).catch((error: unknown) => {
      if (!abort.signal.aborted) refuse(call, toFault(error))
    })
    live.delete(abort)
  }
  server.on('request', (request, response) => void take(request, replyOver(response)))
  server.on('connect', (request, socket, head) => void take(request, { kind: 'tunnel', socket, head }))
  await listenOnSocket(server, path)
  return {
    path,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const abort of live) abort.abort(new Fault('service.stopping'))
      server.closeAllConnections()
      await closed
    },
  }
}
