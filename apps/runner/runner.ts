import { type RunnerBoot, RUNNER_PATHS, type RunSpec } from '@errand/contracts'
import type { Clock } from './clock.ts'
import type { Given, WallStep } from './cluster/enter.ts'
import { type RunnerConfig, RUNNER_VERSION } from './config.ts'
import { Recorder } from './events/recorder.ts'
import { finish } from './finish.ts'
import { type Forwarder, startForwarder } from './forward/forwarder.ts'
import { faultWords, GatewayClient, GatewayLost, RunOver } from './gateway/client.ts'
import { watchControl } from './gateway/control.ts'
import { Outbox } from './gateway/outbox.ts'
import { postEvents } from './gateway/postEvents.ts'
import type { Halt } from './halt.ts'
import { Watchdog } from './process/watchdog.ts'
import { Refusals } from './refusals.ts'
import { Notes } from './talk/notes.ts'
import { Questions } from './talk/questions.ts'
import { work } from './work.ts'

export interface RunnerDeps {
  readonly clock: Clock
  readonly halt: Halt
  readonly config: RunnerConfig
  /** Whether all processes here are this run's: see `isAlone`. */
  readonly wasAlone: boolean
}

export interface RunnerStart {
  readonly boot: RunnerBoot
  /** On a cluster, with what came with the token. */
  readonly wall: WallStep | null
  readonly given: Given | null
}

/**
 * One run from its boot line to its last word. Resolves when the gateway has everything, or when nobody listens any
 * more; either way nothing is left to do but to exit.
 */
export async function runRunner({ boot, wall, given }: RunnerStart, deps: RunnerDeps): Promise<void> {
  const { clock, halt } = deps
  const client = new GatewayClient(boot, clock, given?.agent)
  const outbox = new Outbox({
    send: (batch) => postEvents(client, batch),
    clock,
    random: Math.random,
    isLost: () => client.isLost,
    onClosed: (why) => halt.request(why),
  })
  const recorder = new Recorder(clock, (event) => outbox.add(event))
  const refusals = new Refusals()
  const ending = new AbortController()
  recorder.emit({ type: 'runner.started', version: RUNNER_VERSION })
  if (wall !== null) {
    recorder.emit({ type: 'step.started', step: 'wall' })
    recorder.emit({ type: 'step.finished', step: 'wall', ok: true, ...wall })
  }
  // The ticket with which the token was claimed can be read by the agent, and is dead once the runner has reported.
  const reported = wall === null ? Promise.resolve() : outbox.drain()
  let forwarder: Forwarder | null = null
  try {
    const [spec, started] = await Promise.all([
      given?.spec ?? fetchSpec(client, halt),
      startForwarder({
        gateway: boot.gateway,
        token: boot.token,
        clock,
        onModelAnswered: (refusedWith) => refusals.note(refusedWith),
      }),
    ])
    forwarder = started
    const watchdog = new Watchdog({ clock, halt }, spec)
    const questions = new Questions({ clock, emit: (event) => recorder.emit(event), onWaiting: watchdog.pause })
    const notes = new Notes()
    const control = watchControl({
      ...{ client, clock, halt, signal: ending.signal },
      onBudgetReached: () => refusals.reachBudget({ clock, halt }),
      onAnswer: (answer) => [questions, notes].forEach((one) => one.hear(answer)),
    })
    const parts = { ...deps, boot, reported, client, recorder, forwarder, refusals, questions, notes }
    const outcome = await work(spec, { ...parts, onProgress: watchdog.moved })
    watchdog.stop()
    if (outcome !== null) recorder.emit(finish(outcome))
    await outbox.drain()
    ending.abort()
    await control
  } catch (error) {
    // Nobody listens any more: there is nobody to tell.
    if (!(error instanceof GatewayLost) && !(error instanceof RunOver) && halt.reason === null) throw error
  } finally {
    ending.abort()
    forwarder?.close()
    client.close()
  }
}

async function fetchSpec(client: GatewayClient, halt: Halt): Promise<RunSpec> {
  const answer = await client.untilAnswered({ method: 'GET', path: RUNNER_PATHS.spec, signal: halt.signal })
  if (answer.status !== 200) throw new Error(`the gateway gave no task: ${faultWords(answer)}`)
  // Written by our own gateway from a checked row, so it is trusted; checking it again would double the start-up time.
  return answer.json as RunSpec
}
