import { expect, test } from 'vitest'
import { Halt } from './halt.ts'
import { Refusals } from './refusals.ts'

function start() {
  const due: (() => void)[] = []
  const clock = {
    now: () => 0,
    after(_ms: number, act: () => void) {
      due.push(act)
      return () => undefined
    },
  }
  const [halt, refusals] = [new Halt(), new Refusals()]
  refusals.reachBudget({ clock, halt })
  return { halt, refusals, wait: () => due.forEach((act) => act()) }
}

test('an agent that goes on after its budget is used up is stopped for that reason', () => {
  const { halt, refusals, wait } = start()
  expect(halt.reason).toBeNull()
  wait()
  expect([halt.reason, refusals.last]).toEqual(['budget', 'run.budget'])
})

test('an agent that ended in time is not', () => {
  const { halt, refusals, wait } = start()
  refusals.agentOver()
  wait()
  expect(halt.reason).toBeNull()
})
