import { type Actor, authenticateRun, type EngineDeps, proveRun, withLiveRun } from '@errand/engine'
import { Fault, newId } from '@errand/contracts'
import {
  type BoundaryCheck,
  type BoundaryTargets,
  type Capabilities,
  type Executor,
  type LimitKind,
  proveBoundary,
} from '@errand/sandbox'
import type { RunId } from '@errand/contracts'
import type { Logger } from '@errand/observe'

/** What `errand doctor` shows: the machine, and the wall tried from inside a sandbox. */
export interface DoctorReport {
  readonly machine: readonly BoundaryCheck[]
  readonly boundary: readonly BoundaryCheck[]
  readonly isIsolated: boolean
}

/** `owner`: whose run tries the gateway's wall as well; without one only the sandbox's wall is tried. */
export interface ExamineTargets extends BoundaryTargets {
  readonly owner?: Actor
}

/** Acts while a sandbox under this id may reach the gateway through the folder that is given. */
export type WithDoor = <T>(runId: RunId, act: (gatewayFolder: string) => Promise<T>) => Promise<T>

interface Deps {
  readonly engine: EngineDeps
  readonly withDoor: WithDoor
  /** Of a run that was started since this examination began. */
  readonly tokenOf: (runId: RunId) => string | undefined
  readonly executor: Executor
  readonly log: Logger
}

/** Starts one sandbox, under an id that no run has; `keep` is told of it, so that nobody sweeps it as an orphan. */
export async function examine(
  targets: ExamineTargets,
  {
    config,
    keep,
    deps,
  }: { config: { readonly mayRunUnisolated: boolean }; keep: (runId: RunId) => () => void; deps: Deps },
): Promise<DoctorReport> {
  const capabilities = await deps.executor.capabilities()
  const machine = machineChecks(capabilities, config)
  const isIsolated = capabilities.isolation !== 'none'
  if (!isIsolated) return { machine, boundary: [], isIsolated }
  const runId = newId('run', deps.engine.now())
  const release = keep(runId)
  try {
    const wall = await deps.withDoor(runId, (gatewayFolder) => proveWall({ runId, gatewayFolder }, targets, deps))
    const run = targets.owner === undefined ? [] : await proveRun(targets.owner, deps.engine)
    return { machine, boundary: [...wall, ...run], isIsolated }
  } catch (error) {
    deps.log.warn({ op: 'doctor.examine', ok: false, error }, 'the sandbox of the self-test did not work')
    const happened = error instanceof Fault ? error.message : String(error)
    const failed = { name: 'A sandbox starts', ok: false, tried: 'start one, as for a run', happened }
    return { machine, boundary: [failed], isIsolated }
  } finally {
    release()
  }
}

/** With an owner, another run lives meanwhile, whose token is tried as well. */
async function proveWall(
  sandbox: { readonly runId: RunId; readonly gatewayFolder: string },
  targets: ExamineTargets,
  { engine, executor, tokenOf }: Deps,
): Promise<readonly BoundaryCheck[]> {
  if (targets.owner === undefined) return proveBoundary(executor, sandbox, targets)
  return withLiveRun(
    targets.owner,
    async (other) => {
      const otherToken = tokenOf(other)
      if (otherToken === undefined) throw new Error('the other run was started by somebody else')
      const checks = await proveBoundary(executor, sandbox, { ...targets, otherToken })
      // A refusal proves a wall only if the token still opens its own door.
      await authenticateRun(otherToken, engine)
      return checks
    },
    engine,
  )
}

const LIMIT_NOUNS: Record<LimitKind, string> = { memoryMib: 'memory', cpus: 'CPU', pids: 'processes' }

function machineChecks(seen: Capabilities, config: { readonly mayRunUnisolated: boolean }): readonly BoundaryCheck[] {
  const missing = (Object.keys(LIMIT_NOUNS) as LimitKind[]).filter((kind) => !seen.limits.includes(kind))
  const checks: BoundaryCheck[] = [
    {
      name: 'Sandboxes',
      ok: seen.isolation !== 'none',
      tried: 'run `true` in a sandbox with bubblewrap',
      happened: seen.isolation === 'none' ? `${seen.why}. Remedy: ${seen.remedy}` : 'it ran',
    },
    {
      name: 'Limits',
      ok: missing.length === 0,
      tried: 'find a cgroup to limit memory, CPU and processes with',
      happened:
        missing.length === 0 ? `each run gets what its agent says, by default ${seen.limitWords}` : seen.limitWords,
    },
    {
      name: 'A user of its own for each run',
      ok: seen.hasOwnUid,
      tried: 'ask who we are',
      happened: seen.hasOwnUid
        ? 'root: each live run has a uid of its own'
        : 'not root: live runs share our uid, and only their mounts keep them apart. Remedy: run Errand as root, or in a machine of its own',
    },
    {
      name: 'System call filter',
      ok: seen.hasSeccomp,
      tried: 'compile one for this processor',
      happened: seen.hasSeccomp ? 'in force' : 'none is in force: there is no sandbox, or none for this processor',
    },
  ]
  if (!config.mayRunUnisolated) return checks
  const tried = 'read ERRAND_ALLOW_UNISOLATED_AGENTS'
  const happened =
    'set: where a sandbox cannot be had, agents run as plain processes that can read your files. Remedy: unset it'
  return [...checks, { name: 'No agent without a sandbox', ok: false, tried, happened }]
}
