import { newId, type UserId } from '@errand/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { admissionOrder, queuePosition } from './admission.ts'

const START = Date.UTC(2026, 0, 1)
const user = (name: string) => `usr_${name}` as UserId
const runOf = (userId: UserId, second: number) => ({ runId: newId('run', new Date(START + second * 1000)), userId })

const waitingRuns = fc.array(
  fc
    .record({ user: fc.constantFrom('a', 'b', 'c', 'd'), second: fc.nat(1000) })
    .map((one) => runOf(user(one.user), one.second)),
  { maxLength: 60 },
)
const liveRuns = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(5))
  .map((counts) => new Map(Object.entries(counts).map(([name, count]) => [user(name), count])))

test('one task of a second person goes before the second task of the first', () => {
  const many = Array.from({ length: 100 }, (_, i) => runOf(user('busy'), i))
  const one = runOf(user('calm'), 500)
  const order = admissionOrder([...many, one], new Map())
  expect(queuePosition(order, one.runId)).toBe(2)
})

test('whoever holds places already waits for those who hold none', () => {
  const first = runOf(user('busy'), 1)
  const later = runOf(user('calm'), 2)
  expect(admissionOrder([first, later], new Map([[user('busy'), 3]]))).toEqual([later, first])
})

test('every waiting run has exactly one position, whatever order the rows come in', () => {
  fc.assert(
    fc.property(waitingRuns, liveRuns, (waiting, live) => {
      const order = admissionOrder(waiting, live)
      expect(new Set(order)).toEqual(new Set(waiting))
      expect(order).toHaveLength(waiting.length)
      expect(admissionOrder(waiting.toReversed(), live)).toEqual(order)
    }),
  )
})

test('at no moment does somebody who still waits hold two places less than the one who is admitted', () => {
  fc.assert(
    fc.property(waitingRuns, liveRuns, (waiting, live) => {
      const held = new Map(live)
      const order = admissionOrder(waiting, live)
      order.forEach(({ userId }, index) => {
        const least = Math.min(...order.slice(index).map((one) => held.get(one.userId) ?? 0))
        expect(held.get(userId) ?? 0).toBe(least)
        held.set(userId, (held.get(userId) ?? 0) + 1)
      })
    }),
  )
})

test('a person’s own runs stay in the order in which they were fired', () => {
  fc.assert(
    fc.property(waitingRuns, liveRuns, (waiting, live) => {
      const order = admissionOrder(waiting, live)
      for (const name of ['a', 'b', 'c', 'd']) {
        const own = order.filter((one) => one.userId === user(name)).map((one) => one.runId)
        expect(own).toEqual(own.toSorted())
      }
    }),
  )
})
