import { Fault, type FaultCode, type InstanceFailure, toFault } from '@errand/contracts'
import { beginInstanceLog, type Instance, isToEnd, keepInstanceLog, newInstanceToken } from '@errand/engine'
import { INSIDE } from '@errand/sandbox'
import { join } from 'node:path'
import { askBridge } from './bridgeHealth.ts'
import type { Bundle } from './bundles.ts'
import { BUNDLE_INSIDE, type HostedDeps, lastWordsOf, note, takeAway, WORDS_CHARS } from './hosted.ts'
import { installBundle } from './install.ts'
import { SERVER_PATH } from './tools.ts'

/** A server that failed is tried again by itself for so long after it was last asked for. */
const KEEP_TRYING_MS = 60_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
const START_MS = 30_000
const POLL_MS = 25
const AT_REST = { state: 'stopped', address: null, tokenHash: null, sessions: 0, memoryMib: 0 } as const

/**
 * Looks after one hosted server: from what is wanted and what is there to what has to happen next. It may be called at
 * any time, by any process that holds the data folder, and once at a time for each instance.
 */
export async function lookAfter(instance: Instance, deps: HostedDeps): Promise<void> {
  const { executor, engine } = deps
  const seen = await executor.look(instance.id)
  const now = engine.now().getTime()
  const isStopped = instance.stopAt !== null && instance.stopAt >= instance.wantedAt
  if (seen.kind === 'running') {
    const isOver = isToEnd(instance)
    if (!isOver && instance.state === 'running') return await noteHealth(instance, deps)
    await takeAway(instance.id, deps)
    if (isOver) await note(instance, AT_REST, deps)
    if (isStopped) return
  }
  if (seen.kind === 'exited') {
    const failure = seen.exitCode === 0 ? null : await failureOf(instance, seen.isOutOfMemory, deps)
    await takeAway(instance.id, deps)
    if (failure !== null) return await noteFailure(instance, failure, deps)
    return note(instance, AT_REST, deps)
  }
  if (isStopped || !isWanted(instance, now)) return
  if (instance.nextAt !== null && instance.nextAt.getTime() > now) return
  try {
    await start(instance, deps)
  } catch (error) {
    await takeAway(instance.id, deps)
    if (deps.stopping.aborted) return
    const fault = toFault(error)
    const words = (fault.detail ?? fault.message).slice(0, WORDS_CHARS)
    deps.log.warn(
      { op: 'mcp.start', ok: false, instance: instance.id, code: fault.code, error },
      'a hosted MCP server did not start',
    )
    await noteFailure(instance, { code: fault.code, words }, deps)
  }
}

/** Asked for since it ended; one that failed also by itself, for a while. */
export function isWanted(
  { state, wantedAt, changedAt }: Pick<Instance, 'state' | 'wantedAt' | 'changedAt'>,
  now: number,
): boolean {
  if (state === 'stopped') return wantedAt > changedAt
  return now - wantedAt.getTime() < KEEP_TRYING_MS
}

async function start(instance: Instance, deps: HostedDeps): Promise<void> {
  const { recipe, id } = instance
  const { registry } = recipe.package
  if (registry === 'oci' || recipe.transport !== 'stdio') {
    throw new Fault(
      'mcp.install-failed',
      'On one machine npm and PyPI packages that speak over standard streams are run.',
    )
  }
  const bundle = await deps.bundles.findOr(recipe.package, () => installBundle(instance, registry, deps))
  const { token, hash } = newInstanceToken()
  const address = join(deps.executor.workspace(id), 'mcp.sock')
  const sight = { state: 'starting', tokenHash: hash, bundle: bundle.sha256, address: null } as const
  await note(instance, sight, deps)
  await beginInstanceLog(id, deps.engine)
  const [gatewayFolder, { mounts }] = await Promise.all([deps.doors.open(id), deps.tools()])
  await deps.executor.start({
    runId: id,
    token,
    gatewayFolder,
    limits: { memoryMib: recipe.memoryMib, cpus: 2, pids: 512 },
    mounts: [...mounts, { source: bundle.folder, target: BUNDLE_INSIDE }],
    program: { path: deps.bridgePath, boot: bootOf(instance, bundle, token) },
  })
  await untilAnswers(instance, address, deps)
  const startedAt = deps.engine.now()
  const starts = instance.starts + 1
  await note(
    { ...instance, ...sight },
    { state: 'running', address, startedAt, starts, failures: 0, nextAt: null, failure: null },
    deps,
  )
}

function bootOf({ recipe }: Instance, bundle: Bundle, token: string): Readonly<Record<string, unknown>> {
  const plain = Object.entries(recipe.env).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const base = { PATH: SERVER_PATH, HOME: INSIDE.home, LANG: 'C.UTF-8', TMPDIR: '/tmp' }
  return {
    listen: { kind: 'socket', path: `${INSIDE.workspace}/mcp.sock` },
    gateway: { kind: 'socket', path: INSIDE.gatewaySocket, token },
    server: {
      command: [...bundle.command, ...recipe.args],
      cwd: INSIDE.home,
      env: { ...base, ...bundle.env, ...Object.fromEntries(plain) },
      share: recipe.share,
    },
    idleMs: recipe.idleMinutes * 60_000,
  }
}

async function untilAnswers(instance: Instance, address: string, deps: HostedDeps): Promise<void> {
  const { executor, engine, delay, stopping } = deps
  const until = engine.now().getTime() + START_MS
  while ((await askBridge(address)) === null) {
    stopping.throwIfAborted()
    const seen = await executor.look(instance.id)
    if (seen.kind === 'exited') {
      const { code, words } = await failureOf(instance, seen.isOutOfMemory, deps)
      throw new Fault(code, words)
    }
    if (engine.now().getTime() > until) throw new Fault('mcp.crashed', 'It did not answer after its start.')
    await delay(POLL_MS)
  }
}

async function noteHealth(instance: Instance, deps: HostedDeps): Promise<void> {
  await keepInstanceLog(instance.id, await deps.executor.printed(instance.id), deps.engine)
  const health = instance.address === null ? null : await askBridge(instance.address)
  if (health === null) return
  const { sessions, memoryMib, crashes, lastError } = health
  const failure =
    lastError === null ? instance.failure : { code: 'mcp.crashed' as const, words: lastError.slice(0, WORDS_CHARS) }
  const isNews =
    sessions !== instance.sessions || crashes !== instance.crashes || Math.abs(memoryMib - instance.memoryMib) > 8
  if (isNews) await note(instance, { sessions, memoryMib, crashes, failure }, deps)
}

async function noteFailure(instance: Instance, failure: InstanceFailure, deps: HostedDeps): Promise<void> {
  const failures = instance.failures + 1
  const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1))
  const nextAt = new Date(deps.engine.now().getTime() + waitMs)
  await note(
    instance,
    { state: 'failed', address: null, tokenHash: null, failures, nextAt, failure, sessions: 0 },
    deps,
  )
}

/** Why it ended, as it said itself. */
async function failureOf(
  instance: Pick<Instance, 'id'>,
  isOutOfMemory: boolean,
  { executor }: Pick<HostedDeps, 'executor'>,
): Promise<InstanceFailure> {
  const code: FaultCode = 'mcp.crashed'
  if (isOutOfMemory) return { code, words: 'It used more memory than it may: raise `memoryMib` of the server.' }
  return { code, words: lastWordsOf(await executor.printed(instance.id)) }
}
