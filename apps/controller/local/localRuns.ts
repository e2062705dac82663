import type { AgentSpec, RunId } from '@errand/contracts'
import { type ClaimedRun, type EngineDeps, issueRunToken } from '@errand/engine'
import type { Logger } from '@errand/observe'
import type { Executor, StartSandbox } from '@errand/sandbox'
import { examine, type WithDoor } from '../doctor/examine.ts'
import type { RunExecutor } from '../executor.ts'
import { keepSpare } from './spare.ts'

/** By which sandboxes reach the gateway: each has one of its own, and no other is in its sight. */
export interface Doors {
  /** Does nothing when it is open. Gives the folder that the sandbox is shown; `made`: it is shown this one already. */
  open(runId: RunId, made?: string): Promise<string>
  /** The folder of a door before it is known whose it will be. `drop` takes it away, unless it was opened. */
  make(): Promise<{ readonly folder: string; drop(): Promise<void> }>
  close(runId: RunId): Promise<void>
  list(): readonly RunId[]
}

interface LocalDeps {
  readonly engine: EngineDeps
  readonly executor: Executor
  readonly doors: Doors
  readonly log: Logger
  /** The switch: other agents than the demo run as plain processes where this machine cannot isolate. */
  readonly mayRunUnisolated: boolean
}

/** Runs in the sandboxes of this machine. */
export function localRuns({ engine, executor, doors, log, mayRunUnisolated }: LocalDeps): RunExecutor {
  const busy = busyDoors()
  const spare = keepSpare({ executor, doors, log })
  /** Kept while a doctor is there, who tries one of them from where it must not open. */
  let tokens: Map<RunId, string> | null = null
  const start = async (claim: ClaimedRun) => {
    const { runId } = claim
    const asked = request(claim, mayRunUnisolated)
    // The door that an earlier attempt opened is not the one that it is shown.
    const waiting = doors.list().includes(runId) ? null : spare.take(asked.limits)
    try {
      // Each attempt has a token of its own, so one that half succeeded opens nothing.
      const [issued, gatewayFolder] = await Promise.all([
        issueRunToken({ claim }, engine),
        doors.open(runId, waiting?.gatewayFolder),
      ])
      if (issued.kind === 'fenced') return null
      const { token } = issued
      tokens?.set(runId, token)
      return await (waiting?.use({ runId, token }) ?? executor.start({ ...asked, token, gatewayFolder }))
    } finally {
      await waiting?.end()
      spare.refill(asked.limits)
    }
  }
  return {
    name: 'local',
    start: (claim) =>
      busy.during(claim.runId, async () => (await startedBefore(claim, { executor, doors })) ?? start(claim)),
    look: (runId) => executor.look(runId),
    kill: (runId) => executor.kill(runId),
    async remove(runId) {
      await executor.remove(runId)
      await doors.close(runId)
    },
    list: () => executor.list(),
    async tidy() {
      const isBusy = busy.lately()
      await executor.tidy()
      const sandboxes = new Set(await executor.list())
      // What failed starts and an earlier process left.
      const left = doors.list().filter((runId) => !sandboxes.has(runId) && !isBusy(runId))
      for (const runId of left) await doors.close(runId)
    },
    lastWords: (runId) => executor.lastWords(runId),
    onExit: (listener) => executor.onExit(listener),
    async examine(targets, keep) {
      const held = (tokens ??= new Map())
      const deps = {
        engine,
        executor,
        withDoor: withDoor(doors, busy),
        tokenOf: (runId: RunId) => held.get(runId),
        log,
      }
      try {
        return await examine(targets, { config: { mayRunUnisolated }, keep, deps })
      } finally {
        if (tokens === held) tokens = null
      }
    },
  }
}

/** Whose door is wanted though no sandbox is there yet, so that nobody takes it away from a start under way. */
function busyDoors() {
  const now = new Set<RunId>()
  let lately = new Set<RunId>()
  return {
    async during<T>(runId: RunId, act: () => Promise<T>): Promise<T> {
      now.add(runId)
      try {
        return await act()
      } finally {
        lately.add(runId)
        now.delete(runId)
      }
    },
    /** Was it since this was last asked, or has it been since then? */
    lately(): (runId: RunId) => boolean {
      const before = new Set([...lately, ...now])
      lately = new Set()
      return (runId) => before.has(runId) || lately.has(runId) || now.has(runId)
    },
  }
}

/** By an attempt whose word was lost, with Errand or its database. A new token would not be the one that it has. */
async function startedBefore({ runId }: ClaimedRun, { executor, doors }: Pick<LocalDeps, 'executor' | 'doors'>) {
  const started = await executor.started(runId)
  if (started !== null) await doors.open(runId)
  return started
}

function withDoor(doors: Doors, busy: ReturnType<typeof busyDoors>): WithDoor {
  return (runId, act) =>
    busy.during(runId, async () => {
      try {
        return await act(await doors.open(runId))
      } finally {
        await doors.close(runId)
      }
    })
}

function request(
  { runId, agentSpec }: ClaimedRun,
  mayRunUnisolated: boolean,
): Omit<StartSandbox, 'token' | 'gatewayFolder'> {
  const { memoryMib, cpus, pids } = agentSpec
  const withoutIsolation = mayRunUnisolated || isDemo(agentSpec) ? 'run-as-plain-process' : 'refuse'
  return { runId, limits: { memoryMib, cpus, pids }, withoutIsolation }
}

/** Its model is a fixed script, so what it does is known before it runs. */
function isDemo(spec: AgentSpec): boolean {
  return spec.runtime === 'claude-code' && spec.credential === 'demo'
}
