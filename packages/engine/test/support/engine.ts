import { join } from 'node:path'
import type { AgentSpec, OrgId, RunId, RunnerEvent, SystemEvent, UserId } from '@errand/contracts'
import { agentSpecSchema, Fault, newId } from '@errand/contracts'
import {
  type Actor,
  admitNext,
  appendEvents,
  applyDocument,
  type Claim,
  claimRuns,
  createRun,
  type EngineDeps,
  ensureOwner,
  openRunFeed,
} from '@errand/engine'
import { ensureUser, openBlobs, openListener } from '@errand/store'
import { manualClock, quietLog, testDatabase, testFolder } from '@errand/testkit'
import { generateVaultKey, opener, publicHalf } from '@errand/vault/open'
import { sealer } from '@errand/vault'

/** An engine on a database of its own, with a clock that stands still and one owner. */
export async function testEngine() {
  const { db, url, close } = await testDatabase()
  const clock = manualClock()
  const listener = await openListener({ url, log: quietLog() })
  const folder = await testFolder('engine')
  const blobFolder = join(folder, 'blobs')
  const key = await generateVaultKey(clock.now())
  const machine = { mayRunAnyAgent: true }
  const deps: EngineDeps = {
    db,
    log: quietLog(),
    now: clock.now,
    sealer: sealer(publicHalf(key)),
    blobs: await openBlobs(blobFolder),
    feed: await openRunFeed({ listener }),
    capabilities: () => machine,
    maxLiveRuns: 1_000,
  }
  const owner = await ensureOwner({ orgName: 'home' }, deps)
  return {
    db,
    deps,
    clock,
    owner,
    machine,
    folder,
    opener: opener([key]),
    close: async () => {
      await listener.close()
      await close()
    },
  }
}

export type TestEngine = Awaited<ReturnType<typeof testEngine>>

export async function anotherPerson({ deps, owner }: TestEngine, name: string): Promise<Actor> {
  const now = deps.now()
  const userId: UserId = await ensureUser(deps.db, { id: newId('user', now), orgId: owner.orgId, name, now })
  return { orgId: owner.orgId, userId, name }
}

/** A script run of the built-in agent, cheap to make. */
export async function scriptRun({ deps, owner, clock }: TestEngine, actor: Actor = owner): Promise<RunId> {
  // Ids of one millisecond have no order.
  clock.advance(1)
  return (await createRun(actor, { prompt: 'true', agent: 'shell', repositories: [] }, deps)).runId
}

export const system = (orgId: OrgId, runId: RunId, ...events: SystemEvent[]) =>
  ({ orgId, runId, source: 'system', events }) as const

export const runner = (orgId: OrgId, runId: RunId, first: number, ...bodies: RunnerEvent[]) =>
  ({
    orgId,
    runId,
    source: 'runner',
    first,
    events: bodies.map((body) => ({ at: '2026-01-01T00:00:00.000Z', body })),
  }) as const

export const text = (words: string): RunnerEvent => ({ type: 'text.appended', text: words })

/** Admits and claims, and gives the claim of one run. */
export async function claimOf({ deps }: TestEngine, runId: RunId): Promise<Claim> {
  await admitNext(deps)
  const claims = await claimRuns({ owner: 'test', leaseMs: 10_000, limit: 1000 }, deps)
  const claim = claims.find((one) => one.runId === runId)
  if (claim === undefined) throw new Error(`${runId} was not due`)
  return claim
}

/** As a controller would end it: the outcome, then the end of its sandbox. */
export async function endRun({ deps, owner }: TestEngine, runId: RunId): Promise<void> {
  const ended: SystemEvent = { type: 'run.ended', status: 'failed', code: 'run.lost' }
  await appendEvents(system(owner.orgId, runId, ended, { type: 'sandbox.gone' }), deps)
}

export async function agent(
  { deps, owner }: TestEngine,
  name: string,
  spec: Partial<AgentSpec> & { runtime: AgentSpec['runtime'] },
) {
  agentSpecSchema.parse(spec)
  return applyDocument(owner, { source: JSON.stringify({ kind: 'Agent', name, spec }) }, deps)
}

/** The code of the fault that a promise rejects with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no fault',
    (error: unknown) => {
      if (error instanceof Fault) return error.code
      throw error
    },
  )
}
