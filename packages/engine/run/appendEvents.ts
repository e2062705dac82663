import { Fault, type RunEvent, type RunEventBody, type RunId, type SystemEvent } from '@errand/contracts'
import { isRedundant, reduceWhole, type RunState, wakeAfter, wholeState } from '@errand/domain'
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
import type { AppendAnswer, AppendBatch, Claim } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

/** A run has few writers. Whoever loses this often has met a storm, and takes the lock instead. */
const OPTIMISTIC_ATTEMPTS = 4

/**
 * Adds to a run's log, folds its state and wakes whoever has to know. What a runner sends again is 'ok' and adds
 * nothing; what it sends ahead of the next number is a 'gap'; with a lease that another has taken over nothing is
 * written. Fault `run.unknown`.
 */
export async function appendEvents(batch: AppendBatch, deps: Deps): Promise<AppendAnswer> {
  const known = batch.source === 'runner' ? (batch.head ?? null) : null
  return (await append(batch, { known, release: null }, deps)).answer
}

/** A run's log as who holds the run knows it. */
export type HeldLog = Pick<LogHead, 'state' | 'runnerSeq'>

/**
 * What its holder adds: read only when it has moved on since. Wakes nobody, for the holder itself goes on; `release` gives
 * the run back with it.
 */
export async function appendHeld(
  { claim, events, known, release }: HeldAppend,
  deps: Deps,
): Promise<({ readonly kind: 'ok' } & HeldLog) | { readonly kind: 'fenced' }> {
  const { orgId, runId, leaseToken } = claim
  const batch = { orgId, runId, source: 'system', events, lease: claim } as const
  const { answer, head } = await append(batch, { known: { ...known, leaseToken }, release }, deps)
  if (answer.kind !== 'ok') return { kind: 'fenced' }
  return { kind: 'ok', state: head.state, runnerSeq: head.runnerSeq }
}

export interface HeldAppend {
  readonly claim: Claim
  readonly events: readonly SystemEvent[]
  readonly known: HeldLog
  readonly release: { readonly lookAgainAt: Date | null } | null
}

type Way = Pick<Attempt, 'release'> & { readonly known: LogHead | null }

async function append(batch: AppendBatch, { known, release }: Way, deps: Deps): Promise<Appended> {
  for (let attempt = 0; attempt < OPTIMISTIC_ATTEMPTS; attempt++) {
    const head = attempt === 0 ? known : null
    const done = await attemptAppend({ q: deps.db, batch, now: deps.now(), isLocked: false, head, release })
    if (done !== 'moved-on') return announced(done, batch, deps)
  }
  return announced(await deps.db.transaction((tx) => lockedAppend(tx, { batch, release }, deps.now())), batch, deps)
}

/** Tells the watchers of a run that there is something to read. */
export function announceEvents(runId: RunId, { db }: Pick<Deps, 'db'>): void {
  db.announce(CHANNELS.runEvents, runId)
}

function announced(done: Appended, { runId }: AppendBatch, deps: Deps): Appended {
  if (done.answer.kind === 'ok') announceEvents(runId, deps)
  return done
}

/**
 * The same inside a transaction that writes something else with it. The run's row is locked until its end; afterwards
 * `announceEvents` is due.
 */
export async function appendLocked(tx: Transaction, batch: AppendBatch, now: Date): Promise<AppendAnswer> {
  return (await lockedAppend(tx, { batch, release: null }, now)).answer
}

async function lockedAppend(
  tx: Transaction,
  { batch, release }: Pick<Attempt, 'batch' | 'release'>,
  now: Date,
): Promise<Appended> {
  const done = await attemptAppend({ q: tx, batch, now, isLocked: true, head: null, release })
  if (done === 'moved-on') throw new Error(`the log of ${batch.runId} moved on under its lock`)
  return done
}

interface Attempt {
  readonly q: Queryable
  readonly batch: AppendBatch
  readonly now: Date
  readonly isLocked: boolean
  /** As it was before, where that is known; else it is read. */
  readonly head: LogHead | null
  readonly release: HeldAppend['release']
}

interface Appended {
  readonly answer: AppendAnswer
  readonly head: LogHead
}

/** What ends a sandbox by itself is told by then. */
const SOON_MS = 200

async function attemptAppend(attempt: Attempt): Promise<Appended | 'moved-on'> {
  const { q, batch, now, isLocked, release } = attempt
  const { orgId, runId } = batch
  const head = attempt.head ?? (await readLogHead(q, { orgId, runId, isLocked }))
  if (head === undefined) throw new Fault('run.unknown')
  const leaseToken = batch.source === 'system' ? (batch.lease?.leaseToken ?? null) : null
  if (leaseToken !== null && leaseToken !== head.leaseToken) return { answer: { kind: 'fenced' }, head }
  const fresh = freshEvents(batch, head, now)
  if (fresh.kind === 'gap') return { answer: fresh, head }

  const { state, events } = foldNew(head.state, fresh.events)
  const { runnerSeq } = fresh
  const accepted = batch.source === 'runner' ? runnerSeq : events.length
  const done = { answer: { kind: 'ok', lastSeq: state.seq, accepted }, head: { ...head, state, runnerSeq } } as const
  if (events.length === 0 && runnerSeq === head.runnerSeq && release === null) return done
  const wake = wakeAfter(head.state, state)
  const wakeAt = release === null ? dueAt(leaseToken === null ? wake : 'none', now) : release.lookAgainAt
  const isWritten = await appendToLog(q, {
    ...{ orgId, runId, head, leaseToken, state, runnerSeq, events, wakeAt, now },
    isGone: wake === 'gone',
    isReleased: release !== null,
  })
  return isWritten ? done : 'moved-on'
}

function dueAt(wake: ReturnType<typeof wakeAfter>, now: Date): Date | null {
  if (wake === 'now') return now
  return wake === 'soon' ? new Date(now.getTime() + SOON_MS) : null
}

interface Fresh {
  readonly kind: 'fresh'
  /** Each with its time as a date writes itself. */
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
  const events = batch.events
    .slice(expected - batch.first)
    .map(({ at, body }) => ({ at: new Date(at).toISOString(), body }))
  return { kind: 'fresh', events, runnerSeq: head.runnerSeq + events.length }
}

/** Folds exactly what will be read back, so that every reader's fold comes out the same. */
export function foldNew(before: RunState, added: Fresh['events']): { state: RunState; events: readonly RunEvent[] } {
  let state = wholeState(before)
  const events: RunEvent[] = []
  for (const { at, body } of storable(added)) {
    if (isRedundant(state, body)) continue
    const event = { seq: state.seq + 1, at, body }
    events.push(event)
    state = reduceWhole(state, event)
  }
  return { state, events }
}
