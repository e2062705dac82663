import { type SystemEvent, toFault } from '@errand/contracts'
import { isTerminal, isUntouched, plan, type Seen, type Step } from '@errand/domain'
import { type ClaimedRun, renewLease } from '@errand/engine'
import type { ControllerConfig, ControllerDeps } from './deps.ts'
import { HeldRun } from './heldRun.ts'
import { startSandbox } from './startSandbox.ts'

type Deps = Pick<ControllerDeps, 'engine' | 'executor' | 'log' | 'delay' | 'after'>
type Config = Pick<ControllerConfig, 'leaseMs'>

/** `changed`: something was recorded, started, killed or removed. `fenced`: another controller has taken over. */
export type Outcome = 'unchanged' | 'changed' | 'fenced'

export interface Reconciled {
  readonly outcome: Outcome
  readonly lookAgainAt: Date | null
  /** Nothing is left of it, and its place is free. */
  readonly isGone: boolean
}

/** What follows from what we did is done at once: one that ends is killed, ended and removed while it is held once. */
const MOST_ROUNDS = 4

/** Looks at one run's sandbox, plans, performs, and gives the run back with the time of the next look. */
export async function reconcile(claim: ClaimedRun, config: Config, deps: Deps): Promise<Reconciled> {
  const stopRenewing = keepLease(claim, config.leaseMs, deps)
  try {
    const held = new HeldRun(claim, deps)
    let hasChanged = false
    let round: Round
    let rounds = 0
    do {
      round = await lookAndAct({ claim, held, deps })
      hasChanged ||= round.hasChanged
    } while (round.goesOn && ++rounds < MOST_ROUNDS)
    const lookAgainAt = round.goesOn ? deps.engine.now() : round.lookAgainAt
    const isFenced = round.isFenced || (await held.release(lookAgainAt)) === 'fenced'
    const outcome = isFenced ? 'fenced' : hasChanged ? 'changed' : 'unchanged'
    return { outcome, lookAgainAt, isGone: !isFenced && held.state.goneAt !== null }
  } finally {
    stopRenewing()
  }
}

interface Work {
  readonly claim: ClaimedRun
  readonly held: HeldRun
  readonly deps: Deps
}

interface Round {
  readonly hasChanged: boolean
  readonly isFenced: boolean
  readonly lookAgainAt: Date | null
  /** What was done leads to more that is to be done. */
  readonly goesOn: boolean
}

async function lookAndAct(work: Work): Promise<Round> {
  const { claim, held, deps } = work
  const run = { ...claim.run, state: held.state }
  // What comes first does nothing where there is a sandbox already.
  const seen: Seen = isUntouched(run.state) ? { kind: 'nothing' } : await deps.executor.look(claim.runId)
  let lookAgainAt: Date | null = null
  let hasChanged = false
  let isKilled = false
  for (const step of plan(run, seen, deps.engine.now())) {
    if (step.do === 'look-again') {
      lookAgainAt = step.at
      continue
    }
    if ((await perform(step, { ...work, seen })) === 'fenced')
      return { hasChanged, isFenced: true, lookAgainAt, goesOn: false }
    hasChanged = true
    isKilled ||= step.do === 'kill-sandbox'
  }
  const hasEnded = held.isEnding && !isTerminal(run.state.status)
  if (!isKilled && !hasEnded) return { hasChanged, isFenced: false, lookAgainAt, goesOn: false }
  const isFenced = (await held.write()) === 'fenced'
  return { hasChanged, isFenced, lookAgainAt, goesOn: !isFenced }
}

interface Performing extends Work {
  readonly seen: Seen
}

async function perform(step: Exclude<Step, { do: 'look-again' }>, work: Performing): Promise<'ok' | 'fenced'> {
  const { claim, held, seen, deps } = work
  switch (step.do) {
    case 'record':
      held.record(await withLastWords(step.event, work))
      return 'ok'
    case 'start-sandbox': {
      const starting = startSandbox(claim, deps).catch((error: unknown) => sayWhyItWaits(error, held))
      const event = await held.during(starting)
      if (event !== null) held.record(event)
      return event === null ? 'fenced' : 'ok'
    }
    case 'kill-sandbox':
      // Why is written before: nobody could tell it afterwards.
      if ((await held.write()) === 'fenced') return 'fenced'
      await deps.executor.kill(claim.runId)
      return 'ok'
    case 'remove-sandbox':
      deps.log.debug({ op: 'sandbox.remove', runId: claim.runId, seen }, 'removing a sandbox')
      if ((await held.write()) === 'fenced') return 'fenced'
      await deps.executor.remove(claim.runId)
      return 'ok'
  }
}

/** The run is looked at again by itself, later and later; a person sees why nothing happens. Throws what was thrown. */
async function sayWhyItWaits(error: unknown, held: HeldRun): Promise<never> {
  const { code, detail } = toFault(error)
  if (code === 'cluster.unreachable')
    held.record({ type: 'sandbox.waiting', code, ...(detail === undefined ? {} : { detail }) })
  await held.write()
  throw error
}

/** A sandbox that ended without its runner's last word: what it printed says more than an exit code. */
async function withLastWords(event: SystemEvent, { claim, seen, deps }: Performing): Promise<SystemEvent> {
  if (event.type !== 'run.ended' || seen.kind !== 'exited') return event
  if (event.code !== 'run.never-started' && event.code !== 'run.lost') return event
  const words = await deps.executor.lastWords(claim.runId)
  if (words === null) return event
  const code = event.code === 'run.never-started' && words.isLauncher ? 'sandbox.unavailable' : event.code
  return { ...event, code, detail: [event.detail, words.text].filter(Boolean).join(' ') }
}

/** Most work is done within milliseconds. What takes longer (a start that is tried again, a hanging disk) keeps its lease. */
function keepLease(claim: ClaimedRun, leaseMs: number, { engine, log }: Deps): () => void {
  const renew = () => {
    renewLease({ claim, leaseMs }, engine).catch((error: unknown) => {
      log.warn({ op: 'lease.renew', runId: claim.runId, error }, 'a lease could not be renewed')
    })
  }
  const timer = setInterval(renew, leaseMs / 2).unref()
  return () => clearInterval(timer)
}
