import type { RunId } from '@errand/contracts'
import { describe, expect, it } from 'vitest'
import { createSpending } from './spending.ts'

const run = 'run1' as RunId

function aSpending() {
  let time = 0
  const spending = createSpending(() => time)
  return { spending, at: (ms: number) => void (time = ms) }
}

describe('what a run has spent beside its log', () => {
  it('counts a call from its first byte on', () => {
    const { spending } = aSpending()
    const first = spending.open(run)
    const second = spending.open(run)
    first.spent(1)
    second.spent(0.5)
    first.spent(1.25)
    expect(spending.missingUsd(run, 0)).toBe(1.75)
    expect(spending.missingUsd('run2' as RunId, 0)).toBe(0)
  })

  it('leaves a call out once a reader must have seen it in the log', async () => {
    const { spending, at } = aSpending()
    const call = spending.open(run)
    call.spent(2)
    at(100)
    call.settle(Promise.resolve())
    await spending.settled(run)
    expect(spending.missingUsd(run, 50)).toBe(2)
    expect(spending.missingUsd(run, 101)).toBe(0)
  })

  it('never forgets a call whose event could not be written', async () => {
    const { spending } = aSpending()
    const call = spending.open(run)
    call.spent(3)
    call.settle(Promise.reject(new Error('no database')))
    await spending.settled(run)
    expect(spending.missingUsd(run, Number.MAX_SAFE_INTEGER)).toBe(3)
  })

  it('waits for writes that are under way', async () => {
    const { spending } = aSpending()
    const write = Promise.withResolvers<void>()
    spending.open(run).settle(write.promise)
    let isSettled = false
    const settled = spending.settled(run).then(() => (isSettled = true))
    await Promise.resolve()
    expect(isSettled).toBe(false)
    write.resolve()
    await settled
  })
})
