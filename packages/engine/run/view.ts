import { autonomyOf, onBlockedHostOf, agentLabel, queuePosition, type WaitingRun, wholeState } from '@errand/domain'
import type { FrozenSpec, ListedRow, RunRow } from '@errand/store'
import type { ListedRun, RunView } from './types.ts'

/** A row as a person sees it. `order` is the queue of its organisation; it is asked only of runs that wait. */
export function toView(row: RunRow, order: readonly WaitingRun[]): RunView {
  const { agent, repositories, inputs } = row.spec
  const state = wholeState(row.state)
  return {
    id: row.id,
    prompt: row.prompt,
    agent: agentLabel(row.spec),
    agentVersion: row.agentVersion,
    runtime: agent.runtime,
    createdBy: { id: row.createdBy, name: row.createdByName },
    state,
    desired: row.desired,
    deadlineAt: row.placeAt === null ? null : new Date(row.deadlineAt.getTime() + state.waitedMs).toISOString(),
    queuePosition: isWaiting(row) ? queuePosition(order, row.id) : null,
    retryOf: row.retryOf,
    parentRunId: row.parentRunId,
    batchId: row.batchId,
    repositories,
    inputs,
    budgetUsd: agent.runtime === 'claude-code' ? agent.budgetUsd : null,
    network: agent.network,
    autonomy: autonomyOf(agent),
    onBlockedHost: onBlockedHostOf(agent),
    limits: limitsOf(row.spec),
    verify: agent.verify ?? null,
    eventsUntil: row.eventsUntil?.toISOString() ?? null,
  }
}

export function toListed(row: ListedRow, order: readonly WaitingRun[]): ListedRun {
  const { batchId, attempt, attempts, isUnseen, isArchived, isWinner, idempotencyKey } = row
  const isAttempt = batchId !== null && attempt !== null && attempts !== null
  return {
    ...toView(row, order),
    isUnseen,
    isArchived,
    idempotencyKey,
    batch: isAttempt ? { id: batchId, attempt, attempts, isWinner: isWinner === true } : null,
  }
}

export function isWaiting(row: RunRow): boolean {
  return row.state.status === 'queued' && row.placeAt === null && row.desired === 'done'
}

/** What it may use, as it was frozen into it: what a retry with more of it starts from. */
function limitsOf({ agent }: FrozenSpec): RunView['limits'] {
  const { memoryMib, deadlineMinutes } = agent
  return { memoryMib, deadlineMinutes, maxTurns: agent.runtime === 'claude-code' ? (agent.maxTurns ?? null) : null }
}
