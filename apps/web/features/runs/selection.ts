import { groupOf } from './placeRows.ts'
import type { ListedRun, RunId } from './types.ts'

/** What can be done with the selected runs: each action with those of them that it can be done with. */
export interface Doable {
  readonly stop: readonly RunId[]
  readonly retry: readonly RunId[]
  readonly see: readonly RunId[]
  readonly archive: readonly RunId[]
  readonly restore: readonly RunId[]
}

export function doableWith(runs: readonly ListedRun[]): Doable {
  const idsOf = (fits: (run: ListedRun) => boolean) => runs.filter(fits).map(({ id }) => id)
  const isOver = (run: ListedRun) => run.state.endedAt !== null
  return {
    stop: idsOf((run) => !isOver(run) && run.desired === 'done'),
    retry: idsOf(isOver),
    see: idsOf((run) => groupOf(run) === 'review'),
    archive: idsOf((run) => isOver(run) && !run.isArchived),
    restore: idsOf((run) => run.isArchived),
  }
}

/** `e` goes one step on: what was not looked at becomes seen, what was seen is archived. */
export function nextMark(run: ListedRun): 'see' | 'archive' | null {
  const { see, archive } = doableWith([run])
  return see.length > 0 ? 'see' : archive.length > 0 ? 'archive' : null
}

export function toggled(selected: ReadonlySet<RunId>, id: RunId): ReadonlySet<RunId> {
  const next = new Set(selected)
  if (!next.delete(id)) next.add(id)
  return next
}
