import { describe, expect, test } from 'vitest'
import type { RunnerEvent } from '@errand/contracts'
import { jumpingClock } from '../test/jumpingClock.ts'
import { Outbox, type SendAnswer } from './outbox.ts'

interface Sent {
  readonly first: number
  readonly events: readonly { readonly body: RunnerEvent }[]
}

/** A gateway that keeps events by their numbers, behind a line that misbehaves as told. */
function world(line: (batch: Sent, attempt: number) => 'take' | 'lose-answer' | SendAnswer = () => 'take') {
  const kept: RunnerEvent[] = []
  const sent: Sent[] = []
  const closed: string[] = []
  const clock = jumpingClock()
  let answeredAt = 0
  const outbox = new Outbox({
    clock,
    random: () => 0.5,
    isLost: () => clock.now() - answeredAt > 600_000,
    onClosed: (why) => closed.push(why),
    async send(text) {
      const batch = JSON.parse(text) as Sent
      sent.push(batch)
      const fate = line(batch, sent.length)
      if (typeof fate === 'object') return await Promise.resolve(fate)
      const expected = kept.length + 1
      if (batch.first > expected) return { kind: 'gap', expected }
      kept.push(...batch.events.slice(expected - batch.first).map(({ body }) => body))
      if (fate === 'lose-answer') return { kind: 'unreachable' }
      answeredAt = clock.now()
      return { kind: 'ok' }
    },
  })
  return { outbox, clock, kept, sent, closed }
}

const text = (value: string): RunnerEvent => ({ type: 'text.appended', text: value })
const note = (words: string): RunnerEvent => ({ type: 'note.raised', level: 'info', words })
const numbers = (count: number) => Array.from({ length: count }, (_, i) => note(String(i)))

describe('what a client would miss', () => {
  const lines: Record<string, Parameters<typeof world>[0]> = {
    'a line that works': () => 'take',
    'answers that are lost': (_, attempt) => (attempt % 2 === 1 ? 'lose-answer' : 'take'),
    'a gateway that restarts': (_, attempt) => (attempt % 4 === 0 ? 'take' : { kind: 'unreachable' }),
    'requests and answers lost in turn': (_, attempt) =>
      attempt % 3 === 0 ? 'take' : attempt % 3 === 1 ? 'lose-answer' : { kind: 'unreachable' },
  }
  test.each(Object.entries(lines))('over %s every event arrives once, in order', async (_, line) => {
    const { outbox, clock, kept } = world(line)
    const all = numbers(1700)
    for (const event of all) outbox.add(event)
    let isDrained = false
    void outbox.drain().then(() => (isDrained = true))
    await clock.run(() => isDrained)
    expect(kept).toEqual(all)
  })

  test('a gateway that has fewer events than it confirmed gets what is left, under the numbers that it expects', async () => {
    let isFirst = true
    const { outbox, clock, kept } = world((batch) => {
      if (!isFirst || batch.first !== 3) return 'take'
      isFirst = false
      return { kind: 'gap', expected: 2 }
    })
    outbox.add(note('1'))
    outbox.add(note('2'))
    await clock.run(() => kept.length === 2)
    kept.pop()
    outbox.add(note('3'))
    await clock.run(() => kept.length === 2)
    expect(kept).toEqual([note('1'), note('3')])
  })
})

test('events go out together: at once after a pause, then ten times a second, or when there are many', async () => {
  const { outbox, clock, kept, sent } = world()
  for (const event of numbers(30)) outbox.add(event)
  await clock.run(() => kept.length === 30)
  expect(sent.map(({ events }) => events.length)).toEqual([30])
  expect(clock.now()).toBe(5)
  outbox.add(note('the next'))
  await clock.run(() => kept.length === 31)
  expect(clock.now()).toBe(105)
  for (const event of numbers(500)) outbox.add(event)
  await clock.run(() => kept.length === 531)
  expect(clock.now()).toBe(105)
})

test('one event that the gateway does not understand gives way to a note, and holds up nothing', async () => {
  const { outbox, clock, kept } = world((batch) =>
    batch.events.some(({ body }) => body.type === 'text.appended')
      ? { kind: 'refused', words: 'unknown field' }
      : 'take',
  )
  for (const event of [...numbers(5), text('odd'), ...numbers(5)]) outbox.add(event)
  await clock.run(() => kept.length === 11)
  expect(kept[5]).toMatchObject({
    type: 'note.raised',
    code: 'events.malformed',
    words: 'The event text.appended was refused: unknown field',
  })
})

test('after ten minutes without a gateway nobody waits any more', async () => {
  const { outbox, clock, closed } = world(() => ({ kind: 'unreachable' }))
  outbox.add(note('1'))
  let isDrained = false
  void outbox.drain().then(() => (isDrained = true))
  await clock.run(() => isDrained)
  expect(closed).toEqual(['gateway-lost'])
  expect(clock.now()).toBeGreaterThan(600_000)
  expect(clock.now()).toBeLessThan(620_000)
})

test('memory is bounded while the gateway is away: running text goes, one note says so, what happened stays', async () => {
  let isAway = true
  const { outbox, clock, kept } = world(() => (isAway ? { kind: 'unreachable' } : 'take'))
  outbox.add(note('first'))
  await clock.run(() => clock.now() > 1_000)
  for (let i = 0; i < 600; i++) {
    outbox.add(text('x'.repeat(50_000)))
    if (i % 100 === 0) outbox.add(note(`${i}`))
  }
  isAway = false
  let isDrained = false
  void outbox.drain().then(() => (isDrained = true))
  await clock.run(() => isDrained)
  expect(kept.filter(({ type }) => type === 'text.appended').length).toBeLessThan(400)
  const words = kept.flatMap((body) => (body.type === 'note.raised' ? [body.words] : []))
  expect(words.filter((one) => !one.includes('left out'))).toEqual(['first', '0', '100', '200', '300', '400', '500'])
  expect(words.some((one) => one.includes('characters of running text were left out here'))).toBe(true)
})
