import { expect, test, vi } from 'vitest'
import { collectReads } from './collectReads.ts'

test('what changes during a read is read together by the next one', async () => {
  const reads: number[][] = []
  const gate = Promise.withResolvers<undefined>()
  const collect = collectReads<number>(async (ids) => {
    reads.push([...ids])
    if (reads.length === 1) await gate.promise
  }, 3)
  collect([1])
  collect([2, 3])
  collect([3, 4, 5])
  expect(reads).toEqual([[1]])
  gate.resolve(undefined)
  await vi.waitFor(() => expect(reads).toHaveLength(3))
  expect(reads).toEqual([[1], [2, 3, 4], [5]])
})
