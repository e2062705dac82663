import { createHash } from 'node:crypto'
import {
  type BatchId,
  type CreateRun,
  createRunSchema,
  Fault,
  MAX_PROMPT_BYTES,
  newId,
  type RunEvent,
  type RunId,
} from '@errand/contracts'
import { agentLabel, pushBranchOf, reduce } from '@errand/domain'
import {
  findRunByKey,
  type FrozenSpec,
  insertRun,
  isStorable,
  noteRepositoryUse,
  type SettingsBody,
} from '@errand/store'
import { canonicalJson } from '../config/canonicalJson.ts'
import type { Actor, EngineDeps } from '../deps.ts'
import { inputFault } from '../inputFault.ts'
import { readSettings } from '../org/settings.ts'
import { freezeServers } from '../mcp/servers.ts'
import { announceEvents } from './appendEvents.ts'
import { type ChosenAgent, chooseAgent, requireIsolation } from './chooseAgent.ts'
import { checkModelCredential, freezeInputs, freezeRepositories, withRequest } from './freezeSpec.ts'

type Deps = Pick<EngineDeps, 'db' | 'now' | 'capabilities'>
type Request = ReturnType<typeof createRunSchema.parse>

const MAX_ARTIFACTS = 1_000
const TITLE_LENGTH = 500
const DAY_MS = 86_400_000
/** A run that got no place for so long is given up. */
const LONGEST_WAIT_MS = 7 * DAY_MS

/** Where a run comes from. */
export interface Origin {
  readonly retryOf: RunId | null
  readonly rootRunId: RunId | null
  /** Whose work it goes on with. */
  readonly parentRunId?: RunId
  /** One of several attempts at the same. */
  readonly batch?: { readonly id: BatchId; readonly attempt: number | 'next' }
}

/**
 * Makes a run that waits for a place, with everything it needs frozen into it: later changes of the agent do not reach
 * it. The same idempotency key with the same request gives the same run; with another one it is a Fault
 * `idempotency.conflict`. Everything that can be known to be wrong now is a Fault now.
 */
export async function createRun(actor: Actor, input: CreateRun, deps: Deps): Promise<{ runId: RunId }> {
  return createRunFrom(actor, { input, origin: { retryOf: null, rootRunId: null } }, deps)
}

export async function createRunFrom(
  actor: Actor,
  { input, origin }: { input: CreateRun; origin: Origin },
  deps: Deps,
): Promise<{ runId: RunId }> {
  const request = parseRequest(input)
  const { idempotencyKey, ...asked } = request
  const requestHash = createHash('sha256').update(canonicalJson(asked)).digest('hex')
  const known = await findByKey(actor, { idempotencyKey, requestHash }, deps)
  if (known !== undefined) return known

  const now = deps.now()
  const runId = newId('run', now)
  const settings = await readSettings(actor, deps)
  const agent = await chooseAgent(actor, { request, settings }, deps)
  const spec = await freeze(actor, { runId, request, agent, settings, now }, deps)
  requireIsolation({ agent, repositories: spec.repositories.map(({ name }) => name), request }, deps)
  const isNew = await write(actor, { runId, request, requestHash, agent, spec, settings, origin, now }, deps)
  if (isNew) return { runId }
  // Somebody else used the same key in the meantime.
  const other = await findByKey(actor, { idempotencyKey, requestHash }, deps)
  if (other === undefined) throw new Error('a run was refused for its idempotency key, and there is none with it')
  return other
}

function parseRequest(input: CreateRun): Request {
  const parsed = createRunSchema.safeParse(input)
  if (!parsed.success) throw inputFault(parsed.error)
  const { prompt } = parsed.data
  if (prompt.trim() === '') throw new Fault('prompt.empty')
  if (Buffer.byteLength(prompt) > MAX_PROMPT_BYTES) throw new Fault('prompt.too-large')
  if (!isStorable(parsed.data))
    throw new Fault('input.invalid', 'It holds a NUL or half a character, which no agent can be given.')
  return parsed.data
}

async function findByKey(
  { orgId }: Actor,
  { idempotencyKey, requestHash }: { idempotencyKey: string | undefined; requestHash: string },
  { db }: Pick<Deps, 'db'>,
): Promise<{ runId: RunId } | undefined> {
  if (idempotencyKey === undefined) return undefined
  const row = await findRunByKey(db, { orgId, key: idempotencyKey })
  if (row === undefined) return undefined
  if (row.requestHash !== requestHash) throw new Fault('idempotency.conflict')
  return { runId: row.id }
}

interface Making {
  readonly runId: RunId
  readonly request: Request
  readonly agent: ChosenAgent
  readonly settings: SettingsBody
  readonly now: Date
}

async function freeze({ orgId }: Actor, making: Making, { db }: Pick<Deps, 'db'>): Promise<FrozenSpec> {
  const { runId, request, agent, settings, now } = making
  const { prompt: _prompt, idempotencyKey: _key, ...asked } = request
  const spec = withRequest(agent.spec, request)
  await checkModelCredential(spec, { orgId, db })
  const wanted = request.repositories ?? agent.spec.repositories ?? []
  const repositories = await freezeRepositories(wanted, { orgId, pushBranch: pushBranchOf(runId, request.prompt), db })
  const until = new Date(now.getTime() + LONGEST_WAIT_MS + settings.retentionDays.artifacts * DAY_MS)
  return {
    agent: spec,
    agentName: agent.name,
    isDraft: agent.isDraft,
    repositories,
    ...(spec.runtime === 'claude-code' && spec.mcp !== undefined
      ? {
          mcp: await freezeServers(
            spec.mcp.map((use) => use.server),
            { orgId, db },
          ),
        }
      : {}),
    inputs: await freezeInputs(request.inputs, { orgId, now, until, db }),
    maxArtifactBytes: settings.maxArtifactMib * 1_048_576,
    maxArtifacts: MAX_ARTIFACTS,
    artifactDays: settings.retentionDays.artifacts,
    request: asked,
  }
}

async function write(
  actor: Actor,
  making: Making & { requestHash: string; spec: FrozenSpec; origin: Origin },
  { db }: Pick<Deps, 'db'>,
): Promise<boolean> {
  const { runId, request, requestHash, agent, spec, settings, origin, now } = making
  const first: RunEvent = {
    seq: 1,
    at: now.toISOString(),
    body: {
      type: 'run.created',
      agent: agentLabel({ agentName: agent.name, isDraft: agent.isDraft }),
      agentVersion: agent.version,
      by: actor.name,
      repositories: spec.repositories.map(({ name }) => name),
      budgetUsd: spec.agent.runtime === 'claude-code' ? spec.agent.budgetUsd : null,
      ...(origin.retryOf === null ? {} : { retryOf: origin.retryOf }),
    },
  }
  const isNew = await insertRun(db, {
    id: runId,
    orgId: actor.orgId,
    createdBy: actor.userId,
    createdAt: now,
    prompt: request.prompt,
    title: request.prompt.slice(0, TITLE_LENGTH).toWellFormed(),
    agentId: agent.id,
    agentVersion: agent.version,
    spec,
    parentRunId: origin.parentRunId ?? null,
    rootRunId: origin.rootRunId ?? runId,
    retryOf: origin.retryOf,
    batch: origin.batch ?? null,
    trigger: 'person',
    idempotencyKey: request.idempotencyKey ?? null,
    requestHash: request.idempotencyKey === undefined ? null : requestHash,
    waitsUntil: new Date(now.getTime() + LONGEST_WAIT_MS),
    eventsUntil: new Date(now.getTime() + settings.retentionDays.events * DAY_MS),
    first,
    state: reduce(null, first),
  })
  if (isNew) {
    // Lists are told; the reconciler was, by the insert.
    announceEvents(runId, { db })
    for (const { name } of spec.repositories)
      await noteRepositoryUse(db, { id: newId('repository', now), orgId: actor.orgId, ref: name, now })
  }
  return isNew
}
