import type { RunEvent, RunEventBody } from '@errand/contracts'
import { expect, test } from 'vitest'
import { countsOf, linesOf, nextLandmark } from './lines.ts'
import { readMore } from './readMore.ts'
import { KEPT_CHARS, KEPT_OF_FAILURE, opensByItself, type Row } from './row.ts'
import { rowsOf, Timeline } from './rows.ts'
import { MAX_BARS, stripOf } from './strip.ts'

const logOf = (bodies: readonly RunEventBody[]): RunEvent[] =>
  bodies.map((body, index) => ({ seq: index + 1, at: new Date(index * 1_000).toISOString(), body }))
const rows = (...bodies: RunEventBody[]): readonly Row[] => rowsOf(logOf(bodies))
const tool = (id: string, name: string, target: string, parentId?: string): RunEventBody => ({
  type: 'tool.started',
  id,
  tool: name,
  target,
  ...(parentId === undefined ? {} : { parentId }),
})
const done = (id: string, output = '', ok = true): RunEventBody => ({ type: 'tool.finished', id, ok, ms: 5, output })

test('a call is one row that says what is done, and then what was done', () => {
  expect(rows(tool('a', 'Bash', 'npm test'))[0]).toMatchObject({ verb: 'Running', isRunning: true, tone: 'live' })
  expect(rows(tool('a', 'Bash', 'npm test'), done('a', 'all\n31 passed\n'))).toMatchObject([
    { verb: 'Ran', target: 'npm test', result: '31 passed', ms: 5, isRunning: false, tone: '' },
  ])
})

test('two timelines in one page do not take each other’s verbs', () => {
  const [one, other] = [new Timeline(), new Timeline()]
  const [begin, end] = logOf([tool('a', 'Read', 'a.ts'), done('a')])
  const [begin2] = logOf([tool('a', 'Bash', 'ls')])
  if (begin === undefined || begin2 === undefined || end === undefined) throw new Error('no events')
  one.add(begin)
  other.add(begin2)
  one.add(end)
  other.add(end)
  expect([one.rows[0]?.verb, other.rows[0]?.verb]).toEqual(['Read', 'Ran'])
})

test('an error opens by itself, with what went wrong', () => {
  const [row] = rows(tool('a', 'Bash', 'npm test'), done('a', 'Exit code 2\nboom', false))
  expect(row).toMatchObject({ tone: 'fault', result: 'exit 2', output: 'Exit code 2\nboom' })
  expect(row === undefined ? null : opensByItself(row)).toBe(true)
})

test('what a helper does stands in its lane, a helper’s helper in the same', () => {
  const events = [
    tool('h', 'Agent', 'Find callers'),
    tool('b', 'Grep', 'takeToken(', 'h'),
    tool('h2', 'Agent', 'deeper', 'h'),
    tool('c', 'Read', 'a.ts', 'h2'),
    done('b', 'x'),
  ]
  const all = rows(...events)
  expect(all).toHaveLength(1)
  expect(all[0]?.lane.map(({ verb, target }) => `${verb} ${target}`)).toEqual([
    'Searched takeToken(',
    'Helper deeper',
    'Reading a.ts',
  ])
  const folded = linesOf(all, { isNewestFirst: true, only: null, unfolded: new Set() })
  expect(folded.map(({ row, hidden }) => [row.target, hidden])).toEqual([
    ['Find callers', 2],
    ['a.ts', 0],
  ])
  expect(linesOf(all, { isNewestFirst: false, only: null, unfolded: new Set([1]) })).toHaveLength(4)
})

test('a script is a step of its own, with what it prints', () => {
  const printed = [
    { type: 'agent.started' },
    { type: 'output.appended', step: 'agent', text: 'one\n' },
    { type: 'output.appended', step: 'agent', text: 'two\n' },
  ] as const
  expect(rows(...printed).map(opensByItself)).toEqual([true])
  const [row] = rows(...printed, { type: 'step.finished', step: 'agent', ok: false, ms: 7, detail: 'Exit code 3.' })
  expect(row).toMatchObject({ target: 'the script', output: 'one\ntwo\n', tone: 'fault', ms: 7 })
})

test('what breaks off because somebody stopped the run is no error', () => {
  const all = rows(
    tool('a', 'Bash', 'sleep 60'),
    { type: 'cancel.requested', by: 'Ada' },
    done('a', 'killed', false),
    { type: 'step.finished', step: 'agent', ok: false, ms: 5, detail: 'ended by a signal' },
    { type: 'run.ended', status: 'cancelled', code: 'run.cancelled' },
  )
  expect(all.map(({ verb, tone, result }) => [verb, tone, result])).toEqual([
    ['Ran', '', 'cut off'],
    ['Stop', '', ''],
    ['Stopped', '', 'run.cancelled'],
  ])
})

test('rows that did not change stay the same objects, and so does the list', () => {
  const timeline = new Timeline()
  const [a, b, c] = logOf([tool('a', 'Read', 'a.ts'), tool('b', 'Read', 'b.ts'), done('b')])
  if (a === undefined || b === undefined || c === undefined) throw new Error('no events')
  timeline.add(a)
  timeline.add(b)
  const before = timeline.rows
  expect(timeline.rows).toBe(before)
  timeline.add(c)
  expect(timeline.rows[0]).toBe(before[0])
  expect(timeline.rows[1]).not.toBe(before[1])
})

test('twenty thousand events keep no more text than rows show', () => {
  const long = 'x'.repeat(16_000)
  const bodies = Array.from({ length: 20_000 }, (_, index): RunEventBody => {
    if (index % 4 === 0) return { ...tool(`t${index}`, 'Bash', `echo ${index}`), input: long } as RunEventBody
    if (index % 4 === 1) return done(`t${index - 1}`, long)
    return { type: 'text.appended', text: long }
  })
  const all = rowsOf(logOf(bodies))
  const kept = all.reduce((sum, { input, output, target }) => sum + input.length + output.length + target.length, 0)
  expect(all).toHaveLength(10_000)
  expect(kept).toBeLessThan(5_000 * (2 * KEPT_CHARS + 50) + 5_000 * (KEPT_OF_FAILURE + 310))
  expect(all.every(({ more }) => more.length <= 2)).toBe(true)
})

test('what a row left out is read from the events that it names', async () => {
  const log = logOf([
    { ...tool('a', 'Bash', 'cat'), input: `{"command":"${'c'.repeat(3_000)}"}` } as RunEventBody,
    done('a', 'o'.repeat(9_000)),
    { type: 'text.appended', text: 'y'.repeat(3_000) },
    {
      type: 'usage.metered',
      model: 'm',
      inputTokens: 1,
      outputTokens: 1,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      costUsd: 0,
      ms: 1,
    },
    { type: 'text.appended', text: 'z'.repeat(3_000) },
  ])
  const read = (after: number, limit: number) => Promise.resolve(log.slice(after, after + limit))
  const [call, words] = rowsOf(log)
  if (call === undefined || words === undefined) throw new Error('no rows')
  expect(call.output).toHaveLength(KEPT_CHARS)
  expect((await readMore(call, read)).output).toHaveLength(9_000)
  expect((await readMore(call, read)).input).toHaveLength(3_014)
  expect((await readMore(words, read)).output).toBe('y'.repeat(3_000) + 'z'.repeat(3_000))
})

test('filters and landmarks lead to errors, questions and changes', () => {
  const all = rows(
    tool('r', 'Read', 'a.ts'),
    done('r'),
    tool('e', 'Edit', 'a.ts'),
    done('e'),
    tool('f', 'Bash', 'npm test'),
    done('f', 'bad', false),
    { type: 'host.asked', id: 'q', host: 'h.example', port: 443, expiresAt: '2026-01-01T00:00:00Z' },
  )
  expect(countsOf(all)).toEqual({ steps: 4, error: 1, question: 1, change: 1 })
  const lines = linesOf(all, { isNewestFirst: false, only: null, unfolded: new Set() })
  expect([nextLandmark(lines, -1, 1), nextLandmark(lines, 1, 1), nextLandmark(lines, 1, -1)]).toEqual([1, 2, null])
  expect(linesOf(all, { isNewestFirst: true, only: 'error', unfolded: new Set() })).toHaveLength(1)
  expect(stripOf(all).bars).toEqual(['r', 'e', 'x', 'q'])
})

test('the strip of a long run is as wide as that of a short one, and loses no error', () => {
  const bodies = Array.from({ length: 5_000 }, (_, index) => tool(`t${index}`, 'Read', `${index}`))
  const all = rowsOf(logOf([...bodies, done('t2500', 'bad', false)]))
  const { bars, stepsPerBar } = stripOf(all)
  expect(bars.length).toBeLessThanOrEqual(MAX_BARS)
  expect(bars[Math.floor(2500 / stepsPerBar)]).toBe('x')
})
