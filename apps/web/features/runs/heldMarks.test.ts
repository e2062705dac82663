import { expect, test } from 'vitest'
import { HeldMarks } from './heldMarks.ts'
import { placeRows, shownRuns } from './placeRows.ts'
import { AGENT, aRun, finished, stateAfter } from './test/support/aRun.ts'
import type { Groups, ListedRun } from './types.ts'

const run = aRun({ isUnseen: true, state: stateAfter(...AGENT, finished()) })
const archived = { ...run, isArchived: true }

function reviewing(...runs: readonly ListedRun[]): Groups {
  const none = { runs: [], next: null, count: 0, isMore: false }
  const empty: Groups = {
    needs: none,
    review: none,
    running: none,
    queued: none,
    done: { runs: [], next: null },
    places: { taken: 0, limit: 4 },
  }
  return placeRows(empty, runs)
}
const shown = (groups: Groups) => shownRuns(groups).map(({ id }) => id)

test('what was marked is not taken back by an answer that was asked for before it was written', () => {
  const marks = new HeldMarks()
  const before = marks.now()
  const { marked, settled } = marks.hold([run], { isArchived: true })
  expect(marked).toEqual([archived])
  expect(marks.over([run], before)).toEqual([archived])
  expect(shown(marks.overGroups(reviewing(run), marks.now()))).toEqual([])
  settled()
  expect(marks.over([run], before)).toEqual([archived])
  // Whoever asks now is told the truth, whatever that is.
  expect(marks.over([run], marks.now())).toEqual([run])
  expect(shown(marks.overGroups(reviewing(run), marks.now()))).toEqual([run.id])
})

test('of several marks that are on their way, each holds', () => {
  const marks = new HeldMarks()
  const first = marks.hold([run], { isArchived: true })
  marks.hold(first.marked, { isSeen: true })
  first.settled()
  expect(marks.over([run], marks.now())).toEqual([{ ...archived, isUnseen: false }])
})

test('what was taken back at once stays, though an answer in between has it away', () => {
  const marks = new HeldMarks()
  const asked = marks.now()
  const first = marks.hold([run], { isArchived: true })
  const second = marks.hold(first.marked, { isArchived: false })
  first.settled()
  expect(marks.over([archived], marks.now())).toEqual([run])
  expect(shown(marks.overGroups(reviewing(), asked))).toEqual([run.id])
  second.settled()
  expect(shown(marks.overGroups(reviewing(), marks.now()))).toEqual([])
})
