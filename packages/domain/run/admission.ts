import type { RunId, UserId } from '@errand/contracts'

export interface WaitingRun {
  readonly runId: RunId
  readonly userId: UserId
}

/**
 * The order in which waiting runs get places. Whoever has the fewest live runs is next, the older run first among
 * equals: so a person with one task does not wait behind somebody's hundred. `waiting` may come in any order;
 * `liveByUser` counts the places that each person holds now.
 */
export function admissionOrder(
  waiting: readonly WaitingRun[],
  liveByUser: ReadonlyMap<UserId, number>,
): readonly WaitingRun[] {
  const turns = new Map(liveByUser)
  const withTurn = waiting.toSorted(byAge).map((run) => {
    const turn = turns.get(run.userId) ?? 0
    turns.set(run.userId, turn + 1)
    return { run, turn }
  })
  return withTurn.toSorted((a, b) => a.turn - b.turn || byAge(a.run, b.run)).map(({ run }) => run)
}

/** 1 is next; null when the run does not wait. */
export function queuePosition(order: readonly WaitingRun[], runId: RunId): number | null {
  const index = order.findIndex((one) => one.runId === runId)
  return index === -1 ? null : index + 1
}

/** Ids sort by creation time. */
function byAge(a: WaitingRun, b: WaitingRun): number {
  return a.runId < b.runId ? -1 : a.runId > b.runId ? 1 : 0
}
