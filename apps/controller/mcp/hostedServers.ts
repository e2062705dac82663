import { type FaultCode, type InstanceFailure, toFault } from '@errand/contracts'
import type { Seen } from '@errand/domain'
import { beginInstanceLog, type Instance, isToEnd, keepInstanceLog } from '@errand/engine'
import { type HostedDeps, note, whyEnded, WORDS_CHARS } from './hosted.ts'

/** A server that failed is tried again by itself for so long after it was last asked for. */
const KEEP_TRYING_MS = 60_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
const AT_REST = { state: 'stopped', address: null, tokenHash: null, sessions: 0, memoryMib: 0 } as const

/**
 * Looks after one hosted server: from what is wanted and what is there to what has to happen next. It may be called at
 * any time, by any process that looks after the place, and once at a time for each instance.
 */
export async function lookAfter(instance: Instance, deps: HostedDeps): Promise<void> {
  const { place, engine } = deps
  const seen = await place.look(instance.id)
  const now = engine.now().getTime()
  const isStopped = instance.stopAt !== null && instance.stopAt >= instance.wantedAt
  if (seen.kind === 'running') {
    const isOver = isToEnd(instance)
    if (!isOver && instance.state === 'running') return await noteHealth(instance, deps)
    await place.takeAway(instance.id)
    if (isOver) await note(instance, AT_REST, deps)
    if (isStopped) return
  }
  if (seen.kind === 'exited') {
    const failure = seen.exitCode === 0 ? null : await failureOf(instance, seen, deps)
    await place.takeAway(instance.id)
    if (failure !== null) return await noteFailure(instance, failure, deps)
    return void (await note(instance, AT_REST, deps))
  }
  if (isStopped || !isWanted(instance, now)) {
    // It went while nobody looked.
    const isSaidToBeThere = ['installing', 'starting', 'running'].includes(instance.state)
    if (seen.kind === 'nothing' && isSaidToBeThere) await note(instance, AT_REST, deps)
    return
  }
  if (instance.nextAt !== null && instance.nextAt.getTime() > now) return
  await start(instance, deps)
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
  const { place, engine, log, stopping } = deps
  try {
    await beginInstanceLog(instance.id, engine)
    const started = await place.start(instance)
    const [startedAt, starts] = [engine.now(), instance.starts + 1]
    await note(started, { state: 'running', startedAt, starts, failures: 0, nextAt: null, failure: null }, deps)
  } catch (error) {
    await place.takeAway(instance.id)
    if (stopping.aborted) return
    const fault = toFault(error)
    const words = (fault.detail ?? fault.message).slice(0, WORDS_CHARS)
    log.warn(
      { op: 'mcp.start', ok: false, instance: instance.id, code: fault.code, error },
      'a hosted MCP server did not start',
    )
    await noteFailure(instance, { code: fault.code, words }, deps)
  }
}

async function noteHealth(instance: Instance, deps: HostedDeps): Promise<void> {
  const { place, engine } = deps
  await keepInstanceLog(instance.id, await place.printed(instance.id), engine)
  const health = await place.health(instance)
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

async function failureOf(
  { id }: Pick<Instance, 'id'>,
  seen: Extract<Seen, { kind: 'exited' }>,
  { place }: Pick<HostedDeps, 'place'>,
): Promise<InstanceFailure> {
  const code: FaultCode = seen.isOutOfMemory ? 'mcp.crashed' : (seen.code ?? 'mcp.crashed')
  return { code, words: await whyEnded(id, seen, place) }
}
