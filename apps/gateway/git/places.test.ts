import { expect, test } from 'vitest'
import { createPlaces } from './places.ts'

const never = new AbortController().signal

test('one key has so many at once, in order; another key does not wait for it', async () => {
  const places = createPlaces(2)
  const order: string[] = []
  const first = await places.take('a', never)
  const second = await places.take('a', never)
  const third = places.take('a', never).then((give) => (order.push('third'), give))
  const fourth = places.take('a', never).then((give) => (order.push('fourth'), give))
  const other = await places.take('b', never)
  other()
  expect(order).toEqual([])
  first()
  // Given back twice it is one place all the same.
  first()
  const giveThird = await third
  expect(order).toEqual(['third'])
  giveThird()
  second()
  const giveFourth = await fourth
  giveFourth()
  expect(order).toEqual(['third', 'fourth'])
  const again = await Promise.all([places.take('a', never), places.take('a', never)])
  expect(again).toHaveLength(2)
})

test('who leaves while waiting takes no place', async () => {
  const places = createPlaces(1)
  const give = await places.take('a', never)
  const leaving = new AbortController()
  const left = places.take('a', leaving.signal)
  const next = places.take('a', never)
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  give()
  const giveNext = await next
  giveNext()
  await expect(places.take('a', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
})
