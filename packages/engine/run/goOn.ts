import { Fault, type FollowUp, followUpSchema, MAX_PROMPT_BYTES, type RunChange, type RunId } from '@errand/contracts'
import { followUpPrompt, isTerminal } from '@errand/domain'
import { findRun, type RunRow } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { inputFault } from '../inputFault.ts'
import { createRunFrom } from './createRun.ts'

type Deps = Pick<EngineDeps, 'db' | 'now' | 'capabilities'>

interface Retry {
  readonly runId: RunId
  readonly change?: RunChange
  /** On what the old run pushed instead of where it began: nothing is done twice. */
  readonly isFromBranch?: boolean
}

/**
 * A new run with the same prompt and request, on the agent as it is now: whatever was corrected in it takes part.
 * Faults `run.unknown`, `run.not-over`, and those of `createRun`.
 */
export async function retryRun(
  actor: Actor,
  { runId, change = {}, isFromBranch = false }: Retry,
  deps: Deps,
): Promise<{ runId: RunId }> {
  const row = await findOver(actor, runId, deps)
  const input = { ...againWith(row, change), ...(isFromBranch ? onItsBranches(row) : {}), prompt: row.prompt }
  // What is retried of several attempts is one more of them, and compared with the others.
  const batch = row.batchId === null ? {} : { batch: { id: row.batchId, attempt: 'next' } as const }
  return createRunFrom(actor, { input, origin: { retryOf: runId, rootRunId: row.rootRunId, ...batch } }, deps)
}

/**
 * A run that goes on where one that is over stopped: on the branches that it pushed, with its request, asked what the
 * person says now. Faults `run.unknown`, `run.not-over`, `prompt.empty`, and those of `createRun`.
 */
export async function followUpRun(
  actor: Actor,
  followUp: Pick<FollowUp, 'runId'> & Partial<FollowUp>,
  deps: Deps,
): Promise<{ runId: RunId }> {
  const parsed = followUpSchema.safeParse(followUp)
  if (!parsed.success) throw inputFault(parsed.error)
  const { runId, text, comments, change, idempotencyKey } = parsed.data
  if (text.trim() === '' && comments.length === 0) throw new Fault('prompt.empty')
  const row = await findOver(actor, runId, deps)
  // A chain of follow-ups names the task that it began with, not each other.
  const root = row.rootRunId === runId ? row : await findRun(deps.db, { orgId: actor.orgId, runId: row.rootRunId })
  const said = Buffer.byteLength(text) + comments.reduce((sum, one) => sum + Buffer.byteLength(JSON.stringify(one)), 0)
  const prompt = followUpPrompt({
    text,
    comments,
    task: root?.prompt ?? row.prompt,
    continued: row.state.changes.flatMap(({ repository, branch }) => (branch === null ? [] : [repository])),
    // Three bytes a character are the most that UTF-8 takes for a UTF-16 unit.
    maxTaskChars: Math.max(1_000, Math.floor((MAX_PROMPT_BYTES - said) / 3) - 1_000),
  })
  const key = idempotencyKey === undefined ? {} : { idempotencyKey }
  const input = { ...againWith(row, change), ...onItsBranches(row), ...key, prompt }
  return createRunFrom(actor, { input, origin: { retryOf: null, rootRunId: row.rootRunId, parentRunId: runId } }, deps)
}

async function findOver({ orgId }: Actor, runId: RunId, { db }: Pick<Deps, 'db'>): Promise<RunRow> {
  const row = await findRun(db, { orgId, runId })
  if (row === undefined) throw new Fault('run.unknown')
  if (!isTerminal(row.state.status)) throw new Fault('run.not-over')
  return row
}

function againWith({ spec }: RunRow, { hosts = [], ...change }: RunChange) {
  const { request, agentName } = spec
  const changed = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  const allowed = [...new Set([...(request.hosts ?? []), ...hosts])]
  return { ...request, ...changed, ...(allowed.length === 0 ? {} : { hosts: allowed }), agent: agentName }
}

/** Where it pushed, there; where it changed nothing or could not push, as it began. */
function onItsBranches({ spec, state }: RunRow) {
  return {
    repositories: spec.repositories.map(({ name, branch }) => {
      const pushed = state.changes.find(({ repository }) => repository === name)?.branch ?? branch
      return { repository: name, ...(pushed === null ? {} : { branch: pushed }) }
    }),
  }
}
