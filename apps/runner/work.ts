import type { Evidence, RunnerBoot, RunSpec } from '@errand/contracts'
import type { Clock } from './clock.ts'
import { type Collected, collect } from './collect/collect.ts'
import { commitMessage, type Snapshot, takeSnapshot } from './collect/snapshot.ts'
import { Uploader } from './collect/uploader.ts'
import { collectTime } from './collectTime.ts'
import type { RunnerConfig } from './config.ts'
import { type Recorder, StepFailed } from './events/recorder.ts'
import type { Ending } from './finish.ts'
import type { Forwarder } from './forward/forwarder.ts'
import { type GatewayClient, GatewayLost, RunOver } from './gateway/client.ts'
import type { Halt, HaltReason } from './halt.ts'
import { makePlaces, type Places } from './places.ts'
import { type AgentEnd, runAgent } from './agent.ts'
import { prepare, type Prepared } from './prepare.ts'
import { waitForSignIns } from './signIns.ts'
import { killLeftovers } from './process/leftovers.ts'
import { type Logs, openLogs } from './logs.ts'
import { countOutOfMemory } from './process/outOfMemory.ts'
import { runShell, type ShellDeps } from './process/shell.ts'
import type { Refusals } from './refusals.ts'
import type { Notes } from './talk/notes.ts'
import type { Questions } from './talk/questions.ts'

export interface WorkDeps {
  readonly boot: RunnerBoot
  readonly clock: Clock
  readonly halt: Halt
  readonly wasAlone: boolean
  /** Nothing of the agent's runs before. */
  readonly reported: Promise<void>
  readonly config: RunnerConfig
  readonly client: GatewayClient
  readonly recorder: Recorder
  readonly forwarder: Forwarder
  readonly refusals: Refusals
  readonly questions: Questions
  readonly notes: Notes
  readonly onProgress: () => void
}

/** What is known when a run is at work: where things are and where its output goes. */
export interface Workshop extends WorkDeps {
  readonly spec: RunSpec
  readonly places: Places
  readonly logs: Logs
  readonly shell: ShellDeps
}

/**
 * Prepares, lets the agent work, judges and collects. Whatever happens in between, what is there is collected.
 * Returns what the run's last word is made of, or null when nobody listens any more.
 */
export async function work(spec: RunSpec, deps: WorkDeps): Promise<Ending | null> {
  const { boot, recorder, halt } = deps
  const killedBefore = countOutOfMemory(boot.oomFile)
  const places = await makePlaces(boot, spec)
  const logs = await openLogs(places.ownFolder, spec)
  const shop: Workshop = {
    ...deps,
    spec,
    places,
    logs,
    shell: { clock: deps.clock, halt, recorder, log: logs.output, onProgress: deps.onProgress },
  }
  await deps.reported
  // Nobody took the report, or the run was over by then.
  if (isUnheard(halt.reason)) return null
  const done = await doTask(shop)
  const halted = halt.reason
  if (isUnheard(halted)) return null
  const collected = await collectAll(done, shop)
  const { failure, evidence, agent } = done
  return {
    halted: halt.reason === 'cancelled' ? 'cancelled' : halted,
    failure,
    evidence,
    isOutOfMemory: countOutOfMemory(boot.oomFile) > killedBefore,
    ...collected,
    agentWords: agent?.words ?? '',
    isScript: spec.runtime.kind === 'script',
  }
}

function isUnheard(reason: HaltReason | null): boolean {
  return reason === 'over' || reason === 'gateway-lost'
}

interface Done {
  readonly agent: AgentEnd | null
  readonly failure: Ending['failure']
  readonly snapshots: readonly Snapshot[]
  readonly evidence: Evidence | null
}

async function doTask(shop: Workshop): Promise<Done> {
  let prepared: Prepared | null = null
  let agent: AgentEnd | null = null
  try {
    prepared = await prepare(shop)
    shop.halt.signal.throwIfAborted()
    await waitForSignIns(shop)
    agent = await runAgent(prepared, shop)
    const snapshots = await takeDown(prepared, shop)
    const evidence = shop.halt.reason === null ? await verify(prepared, shop) : null
    return { agent, failure: null, snapshots, evidence }
  } catch (error) {
    const failure = failureOf(error, shop)
    return { agent, failure, snapshots: prepared === null ? [] : await takeDown(prepared, shop), evidence: null }
  }
}

/** Stops whatever the agent left running, then takes down its work, before a verify command adds files of its own. */
async function takeDown(prepared: Prepared, shop: Workshop): Promise<Snapshot[]> {
  const { spec, recorder, places } = shop
  await killLeftovers(spec.runId, shop)
  const snapshots: Snapshot[] = []
  for (const clone of prepared.clones) {
    try {
      const message = commitMessage(spec.prompt)
      snapshots.push(await takeSnapshot(clone, { git: prepared.git, ownFolder: places.ownFolder, message }))
    } catch (error) {
      recorder.note('warn', `The work in ${clone.repository.name} cannot be read: ${(error as Error).message}`)
    }
  }
  return snapshots
}

async function verify(prepared: Prepared, shop: Workshop): Promise<Evidence | null> {
  const { spec, recorder, shell } = shop
  const command = spec.verify
  if (command === null) return null
  const end = await recorder.step('verify', async () => {
    const { cwd, env } = prepared
    const { exitCode, ms, output } = await runShell({ step: 'verify', args: ['-c', command], cwd, env }, shell)
    await killLeftovers(spec.runId, shop)
    return { isOk: exitCode === 0, detail: `exit code ${exitCode}`, evidence: { command, exitCode, ms, output } }
  })
  if (shop.halt.reason !== null) return null
  recorder.emit({ type: 'verify.finished', evidence: end.evidence })
  return end.evidence
}

async function collectAll(done: Done, shop: Workshop): Promise<Collected> {
  const { spec, recorder, client, halt, clock, places, logs } = shop
  const time = collectTime({ halt, clock })
  const uploader = new Uploader({ client, recorder, maxArtifactBytes: spec.maxArtifactBytes, signal: time.signal })
  const harvest = {
    snapshots: done.snapshots,
    structured: done.agent?.structured,
    artifactsFolder: places.artifacts,
    logs: logs.all,
  }
  try {
    return await recorder.step('collect', async () => {
      const { ownFolder } = places
      const collected = await collect(harvest, {
        uploader,
        recorder,
        ownFolder,
        maxArtifacts: spec.maxArtifacts,
        signal: time.signal,
      })
      return { ...collected, detail: `${uploader.added} ${uploader.added === 1 ? 'artifact' : 'artifacts'}` }
    })
  } finally {
    time.close()
    await logs.close()
  }
}

function failureOf(error: unknown, { halt }: Workshop): Ending['failure'] {
  if (error instanceof GatewayLost || error instanceof RunOver) throw error
  if (error instanceof StepFailed) return { code: error.code, detail: error.detail }
  // What was under way when the run was stopped fails because of that.
  if (halt.reason !== null) return null
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
    return { code: 'sandbox.disk-full', detail: (error as Error).message }
  return { code: 'internal.error', detail: (error as Error).message }
}
