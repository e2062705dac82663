import { type SystemEvent, toFault } from '@errand/contracts'
import { plan, type Seen, type Step } from '@errand/domain'
import { appendEvents, type ClaimedRun, releaseRun, renewLease } from '@errand/engine'
import type { ControllerConfig, ControllerDeps } from './deps.ts'
import { startSandbox } from './startSandbox.ts'

type Deps = Pick<ControllerDeps, 'engine' | 'executor' | 'log' | 'delay'>
type Config = Pick<ControllerConfig, 'leaseMs'>

/** `changed`: something was recorded, started, killed or removed. `fenced`: another controller has taken over. */
export type Outcome = 'unchanged' | 'changed' | 'fenced'

/** Looks at one run's sandbox, plans, performs, and gives the run back with the time of the next look. */
export async function reconcile(claim: ClaimedRun, config: Config, deps: Deps): Promise<Outcome> {
  const stopRenewing = keepLease(claim, config.leaseMs, deps)
  try {
    const seen = await deps.executor.look(claim.runId)
    const steps = plan(claim.run, seen, deps.engine.now())
    let lookAgainAt: Date | null = null
    let outcome: Outcome = 'unchanged'
    for (const step of steps) {
      if (step.do === 'look-again') lookAgainAt = step.at
      else if ((await perform(step, { claim, seen, deps })) === 'fenced') return 'fenced'
      else outcome = 'changed'
    }
    return (await releaseRun({ claim, lookAgainAt }, deps.engine)) === 'fenced' ? 'fenced' : outcome
  } finally {
    stopRenewing()
  }
}

interface Performing {
  readonly claim: ClaimedRun
  readonly seen: Seen
  readonly deps: Deps
}

async function perform(step: Exclude<Step, { do: 'look-again' }>, work: Performing): Promise<'done' | 'fenced'> {
  const { claim, seen, deps } = work
  switch (step.do) {
    case 'record':
      return record(await withLastWords(step.event, work), claim, deps)
    case 'start-sandbox': {
      const event = await startSandbox(claim, deps).catch((error: unknown) => sayWhyItWaits(error, claim, deps))
      return event === null ? 'fenced' : record(event, claim, deps)
    }
    case 'kill-sandbox':
      await deps.executor.kill(claim.runId)
      return 'done'
    case 'remove-sandbox':
      deps.log.debug({ op: 'sandbox.remove', runId: claim.runId, seen }, 'removing a sandbox')
      await deps.executor.remove(claim.runId)
      return 'done'
  }
}

/** The run is looked at again by itself, later and later; a person sees why nothing happens. Throws what was thrown. */
async function sayWhyItWaits(error: unknown, claim: ClaimedRun, deps: Deps): Promise<never> {
  const { code, detail } = toFault(error)
  if (code === 'cluster.unreachable')
    await record({ type: 'sandbox.waiting', code, ...(detail === undefined ? {} : { detail }) }, claim, deps)
  throw error
}

async function record(event: SystemEvent, claim: ClaimedRun, deps: Deps): Promise<'done' | 'fenced'> {
  const { orgId, runId } = claim
  const answer = await appendEvents({ orgId, runId, source: 'system', events: [event], lease: claim }, deps.engine)
  return answer.kind === 'fenced' ? 'fenced' : 'done'
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
  const timer = setInterval(renew, leaseMs / 3).unref()
  return () => clearInterval(timer)
}
