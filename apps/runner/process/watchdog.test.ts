import { expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { Halt } from '../halt.ts'
import { Watchdog } from './watchdog.ts'

/** Time that goes on only when it is told to. */
function handClock() {
  let now = 0
  const timers = new Set<{ at: number; act: () => void }>()
  const clock: Clock = {
    now: () => now,
    after(ms, act) {
      const timer = { at: now + ms, act }
      timers.add(timer)
      return () => timers.delete(timer)
    },
  }
  const advance = (ms: number) => {
    const until = now + ms
    for (;;) {
      const due = [...timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      timers.delete(due)
      now = due.at
      due.act()
    }
    now = until
  }
  return { clock, advance, timers }
}

function watch(limits: { deadlineMs: number; noProgressMs: number }) {
  const { clock, advance, timers } = handClock()
  const halt = new Halt()
  const deadlineAt = new Date(limits.deadlineMs).toISOString()
  return {
    halt,
    advance,
    timers,
    watchdog: new Watchdog({ clock, halt }, { deadlineAt, noProgressMs: limits.noProgressMs }),
  }
}

test('a run that moves is halted at its deadline, one that does not before it', () => {
  const moving = watch({ deadlineMs: 1_000, noProgressMs: 300 })
  for (let n = 0; n < 10; n++) {
    moving.watchdog.moved()
    moving.advance(100)
  }
  expect(moving.halt.reason).toBe('deadline')
  const still = watch({ deadlineMs: 1_000, noProgressMs: 300 })
  still.advance(301)
  expect(still.halt.reason).toBe('no-progress')
})

test('while a person is asked neither limit runs, and afterwards each goes on where it was', () => {
  const { halt, advance, watchdog } = watch({ deadlineMs: 1_000, noProgressMs: 600 })
  advance(500)
  watchdog.pause(true)
  advance(100_000)
  expect(halt.reason).toBeNull()
  watchdog.pause(false)
  advance(499)
  expect(halt.reason).toBeNull()
  advance(1)
  expect(halt.reason).toBe('deadline')
})

test('one that was stopped stays so', () => {
  const { timers, watchdog } = watch({ deadlineMs: 1_000, noProgressMs: 600 })
  watchdog.pause(true)
  watchdog.stop()
  watchdog.pause(false)
  expect(timers.size).toBe(0)
})
