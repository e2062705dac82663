import type { RunFaultCode, SystemEvent, TerminalStatus } from '@errand/contracts'
import { deadlineOf } from './asking.ts'
import { patienceFor } from './patience.ts'
import { isTerminal, type RunState } from './state.ts'

/** What an executor sees of a run's sandbox when it looks. */
export type Seen =
  | { readonly kind: 'nothing' }
  /** Made, or being made. `since` is when its first process was started, or it was made. */
  | {
      readonly kind: 'running'
      readonly since: Date
      readonly waiting?: Waiting
      readonly placed?: Placed
      /** Where the end of a process is told late: how long one is waited for whose run is over, before it is ended. */
      readonly exitGraceMs?: number
    }
  /** Its last process is gone; what it left behind (folders, cgroup, Job) is still there. */
  | {
      readonly kind: 'exited'
      readonly exitCode: number | null
      readonly isOutOfMemory: boolean
      readonly placed?: Placed
      /** Where the executor knows why. */
      readonly code?: RunFaultCode
      readonly detail?: string
    }

/** On a cluster: the node it was given, and in words how the images came there, once they are. */
export interface Placed {
  readonly node: string
  readonly images: string | null
}

/** No process of the sandbox is at work yet, and why. */
export interface Waiting {
  readonly code: RunFaultCode
  readonly detail: string
}

export interface Run {
  readonly state: RunState
  readonly desired: 'done' | 'cancelled'
  /** Without what it has waited for persons. */
  readonly deadlineAt: Date
  /** Whether admission has a place for it now. Only asked of a queued run. */
  readonly hasPlace: boolean
}

export type Step =
  | { readonly do: 'record'; readonly event: SystemEvent }
  /** Idempotent: starting a sandbox that is there already does nothing. */
  | { readonly do: 'start-sandbox' }
  | { readonly do: 'kill-sandbox' }
  /** Removes what an exited sandbox left behind. */
  | { readonly do: 'remove-sandbox' }
  | { readonly do: 'look-again'; readonly at: Date }

/** How long a runner may take for its last words after being told to stop, and to exit after them. */
export const CANCEL_GRACE_MS = 15_000
export const EXIT_GRACE_MS = 10_000
/** After its deadline a runner still collects artifacts for this long. */
export const DEADLINE_GRACE_MS = 90_000
export const NEVER_STARTED_MS = 60_000
const KILL_POLL_MS = 250

/**
 * Decides everything that happens to a run, from what is wanted and what is seen.
 * Level-based: it is never told *why* it was called, so a missed wake-up, a restart
 * and a duplicate call all lead to the same steps.
 */
export function plan(run: Run, seen: Seen, now: Date): readonly Step[] {
  if (isTerminal(run.state.status)) return planOver(run.state, seen, now)
  switch (seen.kind) {
    case 'nothing':
      return planMissing(run, now)
    case 'running':
      return planLive(run, seen, now)
    case 'exited':
      return [endOfExited(run, seen, now)]
  }
}

/** What became of it is told to the end: a quick runner may have been done before anybody looked. */
function planOver(state: RunState, seen: Seen, now: Date): readonly Step[] {
  const placed = seen.kind === 'nothing' ? [] : placedNews(state, seen.placed)
  switch (seen.kind) {
    case 'nothing':
      return state.goneAt === null ? [{ do: 'record', event: { type: 'sandbox.gone' } }] : []
    case 'exited':
      return [...placed, { do: 'remove-sandbox' }, { do: 'record', event: { type: 'sandbox.gone' } }]
    case 'running': {
      const { exitGraceMs = EXIT_GRACE_MS } = seen
      const until = after(new Date(state.endedAt ?? state.lastEventAt), exitGraceMs)
      return now < until
        ? [...placed, lookAgain(new Date(Math.min(until.getTime(), after(now, KILL_POLL_MS).getTime())))]
        : [...placed, { do: 'kill-sandbox' }, lookAgain(after(now, KILL_POLL_MS))]
    }
  }
}

function planMissing(run: Run, now: Date): readonly Step[] {
  const { state } = run
  if (run.desired === 'cancelled') return [ended('cancelled', 'run.cancelled')]
  if (now > deadlineOf(state, { ...run, now })) return [ended('failed', 'run.deadline')]
  if (isUntouched(state)) {
    // A place that comes makes it due.
    if (!run.hasPlace) return [lookAgain(after(deadlineOf(state, { ...run, now }), 1))]
    return [
      { do: 'record', event: { type: 'run.admitted' } },
      { do: 'start-sandbox' },
      lookAgain(after(now, NEVER_STARTED_MS)),
    ]
  }
  // Admitted, and we died before the sandbox was there: nothing has happened yet, so starting it is safe.
  if (state.sandboxStartedAt === null && state.runnerStartedAt === null)
    return [{ do: 'start-sandbox' }, lookAgain(after(now, NEVER_STARTED_MS))]
  // It had a sandbox and has none: lost, not retried, for its side effects may have happened.
  return [ended('failed', 'run.lost')]
}

function planLive(run: Run, seen: Extract<Seen, { kind: 'running' }>, now: Date): readonly Step[] {
  const { state } = run
  const admitted: readonly Step[] = state.status === 'queued' ? [{ do: 'record', event: { type: 'run.admitted' } }] : []
  const killAndLook: readonly Step[] = [{ do: 'kill-sandbox' }, lookAgain(after(now, KILL_POLL_MS))]
  if (run.desired === 'cancelled') {
    const until = after(new Date(state.cancelRequestedAt ?? now), CANCEL_GRACE_MS)
    return now < until && state.runnerStartedAt !== null ? [lookAgain(until)] : killAndLook
  }
  const hardDeadline = after(deadlineOf(state, { ...run, now }), DEADLINE_GRACE_MS)
  if (now >= hardDeadline) return killAndLook
  const placed = placedNews(state, seen.placed)
  if (state.runnerStartedAt !== null)
    return [...admitted, ...placed, ...expire(state, now), lookAgain(earliest(hardDeadline, state, now))]
  if (seen.waiting !== undefined) return [...admitted, ...placed, ...planWaiting(run, seen.waiting, now)]
  const reportBy = after(seen.since, NEVER_STARTED_MS)
  const cleared: readonly Step[] = state.waitingFor === null ? [] : [waitingFor(null)]
  return [...admitted, ...placed, ...cleared, ...(now < reportBy ? [lookAgain(reportBy)] : killAndLook)]
}

/**
 * Nothing of it has happened yet, as far as its log knows. Its sandbox may have been started by a controller that died
 * before it could say so: starting it then does nothing.
 */
export function isUntouched({ status, runnerStartedAt }: RunState): boolean {
  return status === 'queued' && runnerStartedAt === null
}

/** How far the cluster has come with it, where that is news. */
function placedNews({ placed }: RunState, seen: Placed | undefined): readonly Step[] {
  if (seen === undefined || (placed?.images !== undefined && placed.images !== null)) return []
  const { node, images } = seen
  if (images === null) return placed === null ? [{ do: 'record', event: { type: 'sandbox.placed', node } }] : []
  return [{ do: 'record', event: { type: 'sandbox.placed', node, images } }]
}

/** Nothing of it is at work yet. How long that may last depends on what it waits for; the run's deadline ends it anyway. */
function planWaiting(run: Run, { code, detail }: Waiting, now: Date): readonly Step[] {
  const { state } = run
  const isNews = state.waitingFor?.code !== code || state.waitingFor.detail !== detail
  const told: readonly Step[] = isNews ? [waitingFor({ code, detail })] : []
  const since = state.waitingFor?.code === code ? new Date(state.waitingFor.since) : now
  const deadline = deadlineOf(state, { ...run, now })
  const until = new Date(Math.min(deadline.getTime(), after(since, patienceFor(code)).getTime()))
  if (now < until) return [...told, lookAgain(until)]
  return [...told, ended('failed', code, detail), { do: 'kill-sandbox' }, lookAgain(after(now, KILL_POLL_MS))]
}

function waitingFor(waiting: Waiting | null): Step {
  return { do: 'record', event: { type: 'sandbox.waiting', ...(waiting ?? { code: null }) } }
}

/** Nobody answered these in time. Their run goes on without. */
function expire({ questions }: RunState, now: Date): readonly Step[] {
  return questions
    .filter(({ expiresAt }) => Date.parse(expiresAt) <= now.getTime())
    .map(({ id }) => ({ do: 'record', event: { type: 'question.expired', id } }))
}

/** The deadline, or the next question to expire before it. */
function earliest(deadline: Date, { questions }: RunState, now: Date): Date {
  const open = questions.map(({ expiresAt }) => Date.parse(expiresAt)).filter((at) => at > now.getTime())
  return new Date(Math.min(deadline.getTime(), ...open))
}

function endOfExited(run: Run, seen: Extract<Seen, { kind: 'exited' }>, now: Date): Step {
  const detail =
    seen.detail ?? (seen.exitCode === null ? undefined : `The sandbox ended with exit code ${seen.exitCode}.`)
  if (run.desired === 'cancelled') return ended('cancelled', 'run.cancelled')
  if (now >= deadlineOf(run.state, { ...run, now })) return ended('failed', 'run.deadline', detail)
  if (seen.code !== undefined) return ended('failed', seen.code, detail)
  if (seen.isOutOfMemory) return ended('failed', 'sandbox.out-of-memory', detail)
  if (run.state.runnerStartedAt === null) return ended('failed', 'run.never-started', detail)
  return ended('failed', 'run.lost', detail)
}

function ended(status: TerminalStatus, code: RunFaultCode, detail?: string): Step {
  return {
    do: 'record',
    event: detail === undefined ? { type: 'run.ended', status, code } : { type: 'run.ended', status, code, detail },
  }
}

function lookAgain(at: Date): Step {
  return { do: 'look-again', at }
}

function after(from: Date, ms: number): Date {
  return new Date(from.getTime() + ms)
}
