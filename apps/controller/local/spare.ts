import type { RunId } from '@errand/contracts'
import type { Logger } from '@errand/observe'
import type { Executor, Limits, SpareSandbox } from '@errand/sandbox'
import type { Doors } from './localRuns.ts'

/** After the last start, whose agent should have the processors for itself. */
const REFILL_AFTER_MS = 1_500
/** Whoever fires nothing for so long has no use for it, and its memory has. */
const IDLE_MS = 10 * 60_000

interface Deps {
  readonly executor: Pick<Executor, 'spare'>
  readonly doors: Pick<Doors, 'make'>
  readonly log: Logger
}

interface WithDoor extends SpareSandbox<RunId> {
  readonly gatewayFolder: string
  readonly limits: Limits
}

/**
 * One sandbox that waits for the next run, whose agent then starts a tenth of a second sooner. There is none before the
 * first run and none after ten minutes without one; it has what the last run was allowed, and fits no other.
 */
export function keepSpare({ executor, doors, log }: Deps) {
  let waiting: WithDoor | null = null
  let timer: NodeJS.Timeout | undefined
  let turn: Promise<void> = Promise.resolve()

  const inTurn = (act: () => Promise<void>) => {
    turn = turn.then(act).catch((error: unknown) => {
      // The next run starts without it, and says so itself if it cannot start either.
      log.warn({ op: 'sandbox.spare', ok: false, error }, 'there is no spare sandbox')
    })
  }
  const later = (ms: number, act: () => Promise<void>) => {
    clearTimeout(timer)
    timer = setTimeout(() => inTurn(act), ms).unref()
  }
  const retire = async () => {
    const old = waiting
    waiting = null
    await old?.end()
  }
  const make = async (limits: Limits) => {
    if (waiting !== null && fits(waiting, limits)) return later(IDLE_MS, retire)
    await retire()
    const door = await doors.make()
    const gatewayFolder = door.folder
    const made = await executor.spare({ gatewayFolder, limits }).catch(async (error: unknown) => {
      await door.drop()
      throw error
    })
    if (made === null) return door.drop()
    const end = async () => {
      await made.end()
      await door.drop()
    }
    waiting = { ...made, gatewayFolder, limits, end }
    later(IDLE_MS, retire)
  }

  return {
    /** Whoever takes it uses or ends it. */
    take(limits: Limits): WithDoor | null {
      const taken = waiting
      if (taken === null || !fits(taken, limits)) return null
      waiting = null
      return taken
    },
    /** A run with these limits has just been started. */
    refill: (limits: Limits) => later(REFILL_AFTER_MS, () => make(limits)),
  }
}

function fits(spare: WithDoor, { memoryMib, cpus, pids }: Limits): boolean {
  const { limits } = spare
  return spare.isWaiting() && limits.memoryMib === memoryMib && limits.cpus === cpus && limits.pids === pids
}
