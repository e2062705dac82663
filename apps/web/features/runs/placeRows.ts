import { runGroupOf } from '@errand/domain'
import type { Outgoing } from './outgoing.ts'
import { GROUPS, type GroupName, type Groups, type ListedRun } from './types.ts'

/** The group that this run stands in now; null when it is out of the way. */
export function groupOf({ state, isUnseen, isArchived }: ListedRun): GroupName | null {
  return runGroupOf({ status: state.status, isUnseen, isArchived })
}

/** Puts fresh rows where they belong. What lies beyond the rows that a group shows stays with the group's next page. */
export function placeRows(groups: Groups, fresh: readonly ListedRun[]): Groups {
  const ids = new Set(fresh.map(({ id }) => id))
  const [needs, review, running, queued, done] = GROUPS.map((name) => {
    const { runs: shown, next } = groups[name]
    const stay = shown.filter(({ id }) => !ids.has(id))
    const come = fresh.filter((run) => groupOf(run) === name && (next === null || run.id >= next))
    const runs = [...stay, ...come].toSorted(newestFirst)
    return { runs, next, moved: runs.length - shown.length }
  })
  if (!needs || !review || !running || !queued || !done) return groups
  const counted = (name: 'needs' | 'review' | 'running' | 'queued', { runs, next, moved }: typeof needs) => {
    const { count, isMore } = groups[name]
    return { runs, next, isMore, count: isMore ? count : Math.max(runs.length, count + moved) }
  }
  return {
    needs: counted('needs', needs),
    review: counted('review', review),
    running: counted('running', running),
    queued: counted('queued', queued),
    done: { runs: done.runs, next: done.next },
    places: groups.places,
  }
}

/** Whether a run came, went or changed its group: then the counts and places of the server are worth asking. */
export function hasMoved(groups: Groups, fresh: readonly ListedRun[]): boolean {
  return fresh.some((run) => whereIs(groups, run.id) !== groupOf(run))
}

/** Every run that the groups show, in their order. */
export function shownRuns(groups: Groups): readonly ListedRun[] {
  return GROUPS.flatMap((name) => groups[name].runs)
}

/** Those whose runs the groups do not show yet: a run is heard of before the answer to its sender, if that is slow. */
export function notListed(outgoing: readonly Outgoing[], groups: Groups): readonly Outgoing[] {
  if (outgoing.length === 0) return outgoing
  const listed = new Set(shownRuns(groups).map(({ idempotencyKey }) => idempotencyKey?.split('#')[0]))
  return outgoing.filter(({ key }) => !listed.has(key))
}

/** No run at all, but for what is archived. */
export function isNothingThere(groups: Groups | undefined): boolean {
  return groups !== undefined && GROUPS.every((name) => groups[name].runs.length === 0 && groups[name].next === null)
}

function whereIs(groups: Groups, runId: string): GroupName | null {
  return GROUPS.find((name) => groups[name].runs.some(({ id }) => id === runId)) ?? null
}

/** Ids sort by the time at which they were made. */
function newestFirst(a: ListedRun, b: ListedRun): number {
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0
}
