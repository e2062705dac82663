import type { lookForWork } from '@errand/engine'
import type { Logger } from '@errand/observe'
import { every } from './loops/every.ts'

export interface TurnDeps {
  /** Whether this process has the lock that one of them has at a time. */
  readonly hold: () => Promise<boolean>
  readonly lookForWork: () => ReturnType<typeof lookForWork>
  readonly now: () => Date
  readonly log: Logger
  readonly delay: Parameters<typeof every>[2]['delay']
}

/** All that a controller does, from now until it is closed. */
export interface Work {
  /** How many runs it has looked after so far. */
  readonly taken: () => number
  close(): Promise<void>
}

const LOOK_MS = 1_000
/** Runs are taken within milliseconds. What has been lying for so long was left. */
const LEFT_MS = 1_000
/** Where many come and go somebody is always about to be let in: only whom nobody lets in at so many looks was left. */
const LOOKS = 5
/** One that was of no use for so long rests again. */
const IDLE_MS = 60_000

/**
 * Of several controllers one is at work and the others rest, for two that hear all of a cluster and look at every wake-up cost
 * twice as much. It is not a leader: what keeps two from doing the same are the leases of runs, and whoever finds work left
 * lying, because the first is gone, hangs or has too much of it, goes to work as well.
 */
export function takeTurns(begin: () => Promise<Work>, deps: TurnDeps): { close(): Promise<void> } {
  const { now, log } = deps
  let work: Work | null = null
  let taken = 0
  let usefulAt = 0

  const isLeft = async (): Promise<boolean> => {
    for (let looks = 0; looks < LOOKS; looks++) {
      const { withRoom, nextWakeAt } = await deps.lookForWork()
      if (nextWakeAt !== null && now().getTime() - nextWakeAt.getTime() > LEFT_MS) return true
      if (withRoom.length === 0) return false
      await deps.delay(LEFT_MS / LOOKS)
    }
    return true
  }

  const look = async (): Promise<void> => {
    const at = now().getTime()
    const isFirst = await deps.hold()
    if (work === null) {
      if (!isFirst && !(await isLeft())) return
      log.info(
        { op: 'controller.begin', isFirst },
        isFirst ? 'this controller is at work' : 'work was left lying: this controller helps',
      )
      work = await begin()
      taken = 0
      usefulAt = at
      return
    }
    if (isFirst || work.taken() !== taken) usefulAt = at
    taken = work.taken()
    if (at - usefulAt < IDLE_MS) return
    log.info({ op: 'controller.rest' }, 'another controller does it all: this one rests')
    const ending = work
    work = null
    await ending.close()
  }

  const loop = every({ op: 'controller.turn', ms: LOOK_MS }, look, deps)
  return {
    async close() {
      await loop.close()
      await work?.close()
    },
  }
}
