import { expect, test } from 'vitest'
import { hasMoved, notListed, placeRows, shownRuns } from './placeRows.ts'
import { AGENT, aRun, finished, stateAfter } from './test/support/aRun.ts'
import type { Groups, ListedRun } from './types.ts'

const running = (n: number) => aRun({ n, state: stateAfter(...AGENT) })
const ended = (n: number, isUnseen = true) => aRun({ n, isUnseen, state: stateAfter(...AGENT, finished()) })

function groups(part: Partial<Record<keyof Groups, readonly ListedRun[]>>): Groups {
  const of = (runs: readonly ListedRun[] = []) => ({ runs: [...runs], next: null, count: runs.length, isMore: false })
  return {
    needs: of(part.needs),
    review: of(part.review),
    running: of(part.running),
    queued: of(part.queued),
    done: { runs: [...(part.done ?? [])], next: null },
    places: { taken: 1, limit: 4 },
  }
}

test('a run that ended goes from running to review, and both counts follow', () => {
  const before = groups({ running: [running(2), running(1)] })
  const after = placeRows(before, [ended(2)])
  expect(after.running.runs.map(({ id }) => id)).toEqual([running(1).id])
  expect(after.review.runs).toEqual([ended(2)])
  expect([after.running.count, after.review.count]).toEqual([1, 1])
  expect(hasMoved(before, [ended(2)])).toBe(true)
})

test('a run that only goes on stays where it is, as it is now', () => {
  const before = groups({ running: [running(3), running(2), running(1)] })
  const fresh = { ...running(2), queuePosition: null, prompt: 'new' }
  expect(placeRows(before, [fresh]).running.runs.map(({ prompt }) => prompt)).toEqual(['Task 3', 'new', 'Task 1'])
  expect(hasMoved(before, [fresh])).toBe(false)
})

test('the newest stands first, whenever it came', () => {
  const after = placeRows(groups({ queued: [aRun({ n: 1 }), aRun({ n: 3 })] }), [aRun({ n: 2 })])
  expect(after.queued.runs.map(({ prompt }) => prompt)).toEqual(['Task 3', 'Task 2', 'Task 1'])
})

test('what lies beyond the shown rows is left to the next page', () => {
  const page = groups({ review: [ended(9)] })
  const before: Groups = { ...page, review: { ...page.review, next: ended(9).id, count: 40 } }
  expect(placeRows(before, [ended(2)]).review.runs).toEqual([ended(9)])
})

test('seen goes to done, archived out of sight', () => {
  const seen = placeRows(groups({ review: [ended(1)] }), [ended(1, false)])
  expect([seen.review.runs.length, seen.done.runs.length]).toEqual([0, 1])
  expect(shownRuns(placeRows(seen, [{ ...ended(1, false), isArchived: true }]))).toEqual([])
})

test('what was sent off makes room for its run as soon as that is listed, and so do several attempts', () => {
  const sent = ['a', 'b', 'c'].map((key) => ({ key, prompt: 'true', repositories: [], attempts: key === 'b' ? 2 : 1 }))
  const keyed = (n: number, idempotencyKey: string) => aRun({ n, idempotencyKey })
  const shown = groups({ queued: [keyed(2, 'b#1'), aRun({ n: 3 })], done: [keyed(1, 'a')] })
  expect(notListed(sent, shown).map(({ key }) => key)).toEqual(['c'])
})
