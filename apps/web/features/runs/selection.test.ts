import { expect, test } from 'vitest'
import { doableWith, nextMark, toggled } from './selection.ts'
import { AGENT, aRun, finished, stateAfter } from './test/support/aRun.ts'

const live = aRun({ n: 1, state: stateAfter(...AGENT) })
const unseen = aRun({ n: 2, isUnseen: true, state: stateAfter(...AGENT, finished()) })
const done = aRun({ n: 3, state: stateAfter(...AGENT, finished()) })
const archived = aRun({ n: 4, isArchived: true, state: stateAfter(...AGENT, finished()) })

test('each action is offered for the runs that it fits', () => {
  expect(doableWith([live, unseen, done, archived])).toEqual({
    stop: [live.id],
    retry: [unseen.id, done.id, archived.id],
    see: [unseen.id],
    archive: [unseen.id, done.id],
    restore: [archived.id],
  })
  expect(doableWith([{ ...live, desired: 'cancelled' }]).stop).toEqual([])
})

test('e goes from not looked at to seen to archived, and leaves what works alone', () => {
  expect([live, unseen, done, archived].map(nextMark)).toEqual([null, 'see', 'archive', null])
})

test('selecting again takes the selection away', () => {
  expect([...toggled(toggled(new Set(), live.id), done.id)]).toEqual([live.id, done.id])
  expect([...toggled(new Set([live.id]), live.id)]).toEqual([])
})
