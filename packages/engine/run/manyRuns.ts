import { createHash } from 'node:crypto'
import { type BatchId, type CreateRun, Fault, newId, type OrgId, type RunId, toFault } from '@errand/contracts'
import { insertBatch, writeMarks } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import type { ManyAnswer } from '../lists/types.ts'
import { announceEvents } from './appendEvents.ts'
import { cancelRun } from './cancelRun.ts'
import { createRunFrom } from './createRun.ts'
import { retryRun } from './goOn.ts'

type Deps = Pick<EngineDeps, 'db' | 'now' | 'capabilities'>

const MOST_ATTEMPTS = 10

/**
 * The same task several times, to compare what comes back. The same idempotency key with the same request gives the
 * same runs. Faults as `createRun`; `input.invalid` for a number that makes no batch.
 */
export async function createRuns(
  actor: Actor,
  { attempts, ...input }: CreateRun & { attempts: number },
  deps: Deps,
): Promise<{ batchId: BatchId; runIds: readonly RunId[] }> {
  if (!Number.isInteger(attempts) || attempts < 2 || attempts > MOST_ATTEMPTS)
    throw new Fault('input.invalid', `attempts: 2 to ${MOST_ATTEMPTS}.`)
  const { idempotencyKey: key } = input
  const now = deps.now()
  const id = key === undefined ? newId('batch', now) : batchOfKey(actor.orgId, key)
  await insertBatch(deps.db, { ...actor, id, size: attempts, now })
  const runIds: RunId[] = []
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const one = key === undefined ? input : { ...input, idempotencyKey: `${key}#${attempt}` }
    const origin = { retryOf: null, rootRunId: null, batch: { id, attempt } }
    runIds.push((await createRunFrom(actor, { input: one, origin }, deps)).runId)
  }
  return { batchId: id, runIds }
}

/** Asked again with its key after half of it was made, a batch goes on as the same one. */
function batchOfKey(orgId: OrgId, key: string): BatchId {
  const hash = createHash('sha256').update(`${orgId}\n${key}`).digest()
  return newId('batch', new Date(0), (n) => hash.subarray(0, n))
}

/** Each by itself: what cannot be stopped any more does not keep the others. */
export function cancelRuns(
  actor: Actor,
  runIds: readonly RunId[],
  deps: Pick<Deps, 'db' | 'now'>,
): Promise<ManyAnswer> {
  return each(runIds, async (runId) => {
    await cancelRun(actor, runId, deps)
    return runId
  })
}

/** Gives the new runs. The old ones need no look any more. */
export async function retryRuns(actor: Actor, runIds: readonly RunId[], deps: Deps): Promise<ManyAnswer> {
  const answer = await each(runIds, async (runId) => (await retryRun(actor, { runId }, deps)).runId)
  const refused = new Set(answer.refused.map(({ runId }) => runId))
  const handled = runIds.filter((runId) => !refused.has(runId))
  if (handled.length > 0)
    await writeMarks(deps.db, actor, { runIds: handled, isSeen: true, isArchived: null, now: deps.now() })
  for (const runId of handled) announceEvents(runId, deps)
  return answer
}

async function each(runIds: readonly RunId[], act: (runId: RunId) => Promise<RunId>): Promise<ManyAnswer> {
  const done: RunId[] = []
  const refused: ManyAnswer['refused'][number][] = []
  for (const runId of new Set(runIds)) {
    try {
      done.push(await act(runId))
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      refused.push({ runId, fault: toFault(error).toWire() })
    }
  }
  return { done, refused }
}
