import { Fault, type RunEvent, type RunEventBody, type RunId } from '@errand/contracts'
import { isRedundant, reduce, type RunState, wakeAfter, wholeState } from '@errand/domain'
import {
  appendToLog,
  CHANNELS,
  type LogHead,
  type Queryable,
  readLogHead,
  storable,
  type Transaction,
} from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import type { AppendAnswer, AppendBatch } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

/** A run has few writers. Whoever loses this often has met a storm, and takes the lock instead. */
const OPTIMISTIC_ATTEMPTS = 4

/**
 * Adds to a run's log, folds its state and wakes whoever has to know. What a runner sends again is 'ok' and adds
 * nothing; what it sends ahead of the next number is a 'gap'; with a lease that another has taken over nothing is
 * written. Fault `run.unknown`.
 */
export async function appendEvents(batch: AppendBatch, deps: Deps): Promise<AppendAnswer> {
  for (let attempt = 0; attempt < OPTIMISTIC_ATTEMPTS; attempt++) {
    const answer = await attemptAppend({ q: deps.db, batch, now: deps.now(), isLocked: false })
    if (answer !== 'moved-on') return announced(answer, batch, deps)
  }
  return announced(await deps.db.transaction((tx) => appendLocked(tx, batch, deps.now())), batch, deps)
}

/** Tells the watchers of a run that there is something to read. */
export function announceEvents(runId: RunId, { db }: Pick<Deps, 'db'>): void {
  db.announce(CHANNELS.runEvents, runId)
}

function announced(answer: AppendAnswer, { runId }: AppendBatch, deps: Deps): AppendAnswer {
  if (answer.kind === 'ok') announceEvents(runId, deps)
  return answer
}

/**
 * The same inside a transaction that writes something else with it. The run's row is locked until its end; afterwards
 * `announceEvents` is due.
 */
export async function appendLocked(tx: Transaction, batch: AppendBatch, now: Date): Promise<AppendAnswer> {
  const answer = await attemptAppend({ q: tx, batch, now, isLocked: true })
  if (answer === 'moved-on') throw new Error(`the log of ${batch.runId} moved on under its lock`)
  return answer
}

interface Attempt {
  readonly q: Queryable
  readonly batch: AppendBatch
  readonly now: Date
  readonly isLocked: boolean
}

async function attemptAppend({ q, batch, now, isLocked }: Attempt): Promise<AppendAnswer | 'moved-on'> {
  const { orgId, runId } = batch
  const head = await readLogHead(q, { orgId, runId, isLocked })
  if (head === undefined) throw new Fault('run.unknown')
  const leaseToken = batch.source === 'system' ? (batch.lease?.leaseToken ?? null) : null
  if (leaseToken !== null && leaseToken !== head.leaseToken) return { kind: 'fenced' }
  const fresh = freshEvents(batch, head, now)
  if (fresh.kind === 'gap') return fresh

  const { state, events } = foldNew(head.state, fresh.events)
  const accepted = batch.source === 'runner' ? fresh.runnerSeq : events.length
  const answer: AppendAnswer = { kind: 'ok', lastSeq: state.seq, accepted }
  if (events.length === 0 && fresh.runnerSeq === head.runnerSeq) return answer
  const wake = wakeAfter(head.state, state)
  const isWritten = await appendToLog(q, {
    orgId,
    runId,
    head,
    leaseToken,
    state,
    runnerSeq: fresh.runnerSeq,
    events,
    wake,
    now,
  })
  return isWritten ? answer : 'moved-on'
}

interface Fresh {
  readonly kind: 'fresh'
  readonly events: readonly { readonly at: string; readonly body: RunEventBody }[]
  readonly runnerSeq: number
}

/** What of a batch is not in the log yet. */
function freshEvents(batch: AppendBatch, head: LogHead, now: Date): Fresh | { kind: 'gap'; expected: number } {
  if (batch.source === 'system') {
    const at = now.toISOString()
    return { kind: 'fresh', events: batch.events.map((body) => ({ at, body })), runnerSeq: head.runnerSeq }
  }
  const expected = head.runnerSeq + 1
  if (batch.first > expected) return { kind: 'gap', expected }
  const events = batch.events.slice(expected - batch.first)
  return { kind: 'fresh', events, runnerSeq: head.runnerSeq + events.length }
}

/** Folds exactly what will be read back, so that every reader's fold comes out the same. */
export function foldNew(before: RunState, added: Fresh['events']): { state: RunState; events: readonly RunEvent[] } {
  let state = wholeState(before)
  const events: RunEvent[] = []
  for (const { at, body } of storable(added)) {
    if (isRedundant(state, body)) continue
    const event = { seq: state.seq + 1, at: new Date(at).toISOString(), body }
    events.push(event)
    state = reduce(state, event)
  }
  return { state, events }
}
