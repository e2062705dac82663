import type { RunEvent, RunEventBody } from '@errand/contracts'
import { reduce, type RunState } from '@errand/domain'
import type { ListedRun, RunId } from '../../types.ts'

const CREATED: RunEventBody = {
  type: 'run.created',
  agent: 'fixer',
  agentVersion: 1,
  by: 'owner',
  repositories: [],
  budgetUsd: 2,
}

/** What is known after these events, a second apart. */
export function stateAfter(...bodies: readonly RunEventBody[]): ListedRun['state'] {
  const events: RunEvent[] = [CREATED, ...bodies].map((body, index) => ({
    seq: index + 1,
    at: new Date(Date.UTC(2026, 0, 1) + index * 1_000).toISOString(),
    body,
  }))
  const state = events.reduce<RunState | null>(reduce, null)
  if (state === null) throw new Error('nothing was folded')
  return state as ListedRun['state']
}

export function aRun(part: Partial<ListedRun> & { readonly n?: number } = {}): ListedRun {
  const { n = 1, ...rest } = part
  return {
    id: `run${String(n).padStart(26, '0')}` as RunId,
    prompt: `Task ${n}`,
    agent: 'fixer',
    agentVersion: 1,
    runtime: 'claude-code',
    createdBy: { id: 'usr1' as ListedRun['createdBy']['id'], name: 'owner' },
    state: stateAfter(),
    desired: 'done',
    deadlineAt: null,
    queuePosition: null,
    retryOf: null,
    parentRunId: null,
    batchId: null,
    repositories: [],
    inputs: [],
    budgetUsd: 2,
    network: 'none',
    autonomy: 'edit',
    onBlockedHost: 'refuse',
    limits: { memoryMib: 4096, deadlineMinutes: 60, maxTurns: null },
    verify: null,
    eventsUntil: null,
    isUnseen: false,
    isArchived: false,
    idempotencyKey: null,
    batch: null,
    ...rest,
  }
}

export const ADMITTED: RunEventBody = { type: 'run.admitted' }
export const AGENT: readonly RunEventBody[] = [
  ADMITTED,
  { type: 'sandbox.started', executor: 'local', limits: 'memory 4096 MiB' },
  { type: 'step.started', step: 'agent' },
  { type: 'agent.started', model: 'm' },
]

export function finished(part: Partial<Extract<RunEventBody, { type: 'run.finished' }>> = {}): RunEventBody {
  return { type: 'run.finished', status: 'succeeded', verdict: 'unverified', sentence: 'All is well.', ...part }
}

export function failed(code: Extract<RunEventBody, { type: 'run.ended' }>['code']): RunEventBody {
  return { type: 'run.ended', status: 'failed', code }
}
