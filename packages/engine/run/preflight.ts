import { type AgentSpec, type CreateRun, Fault, type RunId } from '@errand/contracts'
import {
  admissionOrder,
  autonomyOf,
  type Estimate,
  estimateOf,
  parseRepositoryAddress,
  queuePosition,
} from '@errand/domain'
import { type AgentRow, countLiveByUser, findCredential, listLastCodes, listSamples, listWaiting } from '@errand/store'
import { DEMO_AGENT, DEMO_CREDENTIAL } from '../config/builtins.ts'
import type { Actor, EngineDeps } from '../deps.ts'
import type { Fix, Obstacle, Preflight, RunPlan } from '../lists/types.ts'
import { missingCredential } from '../mcp/missingCredential.ts'
import { requireServer } from '../mcp/requireServer.ts'
import { readSettings } from '../org/settings.ts'
import { chooseAgent, requireIsolation } from './chooseAgent.ts'
import { checkModelCredential, freezeRepositories, withRequest } from './freezeSpec.ts'

type Deps = Pick<EngineDeps, 'db' | 'capabilities' | 'maxLiveRuns'>
export type PreflightInput = Omit<CreateRun, 'prompt' | 'inputs' | 'idempotencyKey'>

/**
 * What stands in the way of a task before it is fired, each with what mends it, and what similar ones took. It makes
 * nothing and asks nobody outside: of a repository elsewhere it knows how the last run on it ended.
 */
export async function preflightRun(actor: Actor, request: PreflightInput, deps: Deps): Promise<Preflight> {
  const settings = await readSettings(actor, deps)
  const placeInLine = await readPlaceInLine(actor, settings.maxLiveRuns ?? deps.maxLiveRuns, deps)
  const agent = await orFault(chooseAgent(actor, { request, settings }, deps))
  if (agent instanceof Fault) {
    const obstacles = [obstacle(agent, { kind: 'choose-agent' })]
    return { obstacles, plan: null, placeInLine, estimate: null }
  }
  const spec = await orFault((async () => withRequest(agent.spec, request))())
  if (spec instanceof Fault)
    return { obstacles: [obstacle(spec, null)], plan: planOf(agent, agent.spec, request), placeInLine, estimate: null }
  const plan = planOf(agent, spec, request)
  const [obstacles, estimate] = await Promise.all([
    findObstacles(actor, { agent, spec, plan, request }, deps),
    readEstimate(actor, { agent, plan }, deps),
  ])
  return { obstacles, plan, placeInLine, estimate }
}

interface Planned {
  readonly agent: AgentRow
  readonly spec: AgentSpec
  readonly plan: RunPlan
  readonly request: PreflightInput
}

async function findObstacles(
  { orgId }: Actor,
  { agent, spec, plan, request }: Planned,
  { db, capabilities }: Deps,
): Promise<readonly Obstacle[]> {
  const names = plan.repositories.map(({ repository }) => repository)
  const isolation = await orFault(
    (async () => requireIsolation({ agent, repositories: names, request }, { capabilities }))(),
  )
  const credential = await orFault(checkModelCredential(spec, { orgId, db }))
  const frozen = await orFault(freezeRepositories(plan.repositories, { orgId, pushBranch: '', db }))
  const servers = await findServerObstacles(spec, { orgId, db })
  return [
    ...(isolation instanceof Fault ? [obstacle(isolation, { kind: 'see-boundary' })] : []),
    ...(credential instanceof Fault
      ? [obstacle(credential, { kind: 'add-credential', name: credentialOf(spec) })]
      : [...demoObstacle(agent, plan), ...(await failedTest(spec, { orgId, db }))]),
    ...(frozen instanceof Fault
      ? [obstacle(frozen, missingRepository(frozen, names))]
      : await cloneObstacles(
          frozen.map(({ name }) => name),
          { orgId, db },
        )),
    ...servers,
  ]
}

/** A server that is not there ends it at once; one without its key, at the first call of it. */
async function findServerObstacles(
  spec: AgentSpec,
  { orgId, db }: { orgId: Actor['orgId']; db: Deps['db'] },
): Promise<readonly Obstacle[]> {
  const uses = spec.runtime === 'claude-code' ? (spec.mcp ?? []) : []
  const found = await Promise.all(
    uses.map(async ({ server: name }) => {
      const server = await orFault(requireServer(db, { orgId, name }))
      if (server instanceof Fault) return obstacle(server, null)
      const missing = await missingCredential(server.spec, { orgId, db })
      if (missing === null) return null
      const named = new Fault(missing.code, `${name}: ${missing.detail}`)
      return { ...obstacle(named, { kind: 'see-credentials' }), isRefused: false }
    }),
  )
  return found.filter((one) => one !== null)
}

function credentialOf(spec: AgentSpec): string | null {
  return spec.runtime === 'claude-code' ? spec.credential : null
}

/** It would be fired, and the script would find nothing that it knows. */
function demoObstacle(agent: AgentRow, plan: RunPlan): Obstacle[] {
  if (!plan.isDemo || agent.name === DEMO_AGENT) return []
  const fault = new Fault(
    'credential.missing',
    'Until then a fixed script answers, which knows only the demo repository.',
  )
  return [{ ...obstacle(fault, { kind: 'add-credential', name: null }), isRefused: false }]
}

/** It is fired all the same: since then somebody may have paid, or the provider come back. */
async function failedTest(
  spec: AgentSpec,
  { orgId, db }: { orgId: Actor['orgId']; db: Deps['db'] },
): Promise<Obstacle[]> {
  const name = credentialOf(spec)
  const credential = name === null ? undefined : await findCredential(db, { orgId, name })
  const test = credential?.lastTest ?? null
  if (test === null || test.ok || test.version !== credential?.version) return []
  const fault = new Fault('credential.failed-test', `${name}: ${test.words}`)
  return [{ ...obstacle(fault, { kind: 'see-credentials' }), isRefused: false }]
}

function missingRepository(fault: Fault, names: readonly string[]): Fix | null {
  if (fault.code !== 'repository.unknown') return null
  const [named] = names.filter((name) => fault.detail?.includes(name) ?? false)
  return named === undefined ? null : { kind: 'add-repository', repository: named }
}

async function cloneObstacles(
  repositories: readonly string[],
  { orgId, db }: { orgId: Actor['orgId']; db: Deps['db'] },
): Promise<Obstacle[]> {
  if (repositories.length === 0) return []
  const last = await listLastCodes(db, { orgId, repositories })
  return last.flatMap(({ repository, code }) => {
    const address = parseRepositoryAddress(repository)
    if (code !== 'repository.clone-failed' || address.kind !== 'remote') return []
    const { host, port } = address.target
    const fault = new Fault('repository.clone-failed', `That was so the last time, with ${repository}.`)
    const named = port === 443 ? host : `${host}:${port}`
    return [{ ...obstacle(fault, { kind: 'add-git-credential', host: named }), isRefused: false }]
  })
}

function planOf(agent: AgentRow, spec: AgentSpec, request: PreflightInput): RunPlan {
  const isClaude = spec.runtime === 'claude-code'
  return {
    agent: agent.name,
    agentVersion: agent.version,
    runtime: spec.runtime,
    isDemo: isClaude && spec.credential === DEMO_CREDENTIAL,
    model: isClaude ? (spec.model ?? null) : null,
    autonomy: autonomyOf(spec),
    budgetUsd: isClaude ? spec.budgetUsd : null,
    deadlineMinutes: spec.deadlineMinutes,
    network: spec.network,
    hosts: spec.hosts.length,
    verify: spec.verify ?? null,
    repositories: request.repositories ?? spec.repositories ?? [],
  }
}

/** As admission would decide now, if the run were made now. */
async function readPlaceInLine(
  { orgId, userId }: Actor,
  limit: number,
  { db }: Pick<Deps, 'db'>,
): Promise<number | null> {
  const [liveByUser, waiting] = await Promise.all([
    countLiveByUser(db, { orgId }),
    listWaiting(db, { orgId, perUser: LONGEST_QUEUE }),
  ])
  const live = [...liveByUser.values()].reduce((sum, one) => sum + one, 0)
  const newest = '~' as RunId
  const place = queuePosition(admissionOrder([...waiting, { runId: newest, userId }], liveByUser), newest) ?? 1
  return place <= limit - live ? null : place
}

const LONGEST_QUEUE = 1_000
const SAMPLES = 50

async function readEstimate(
  { orgId }: Actor,
  { agent, plan }: Pick<Planned, 'agent' | 'plan'>,
  { db }: Pick<Deps, 'db'>,
): Promise<Estimate | null> {
  const [first] = plan.repositories
  const repository = first?.repository ?? null
  return estimateOf(await listSamples(db, { orgId, agentId: agent.id, repository, limit: SAMPLES }))
}

function obstacle(fault: Fault, fix: Fix | null): Obstacle {
  return { ...fault.toWire(), fix, isRefused: true }
}

async function orFault<T>(promise: Promise<T>): Promise<T | Fault> {
  try {
    return await promise
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}
