import type { RunEvent, RunEventBody } from '@errand/contracts'
import { expect, test } from 'vitest'
import { reduce } from './reduce.ts'
import type { RunState } from './state.ts'
import { isRedundant, wakeAfter } from './wake.ts'

const AT = '2026-01-01T00:00:00.000Z'
const CREATED: RunEventBody = {
  type: 'run.created',
  agent: 'a',
  agentVersion: 1,
  by: 'p',
  repositories: [],
  budgetUsd: 5,
}

function fold(...bodies: readonly RunEventBody[]): RunState {
  const events: RunEvent[] = [CREATED, ...bodies].map((body, index) => ({ seq: index + 1, at: AT, body }))
  const state = events.reduce<RunState | null>(reduce, null)
  if (state === null) throw new Error('nothing was folded')
  return state
}

test('an activity never ends in half a character', () => {
  const { activity } = fold({ type: 'text.appended', text: `${'a'.repeat(199)}🙂` })
  expect(activity.isWellFormed()).toBe(true)
})

test('a model without a known price leaves the cost a lower bound', () => {
  const call = {
    type: 'usage.metered',
    model: 'm',
    inputTokens: 1,
    outputTokens: 2,
    cacheReadTokens: 3,
    cacheWriteTokens: 4,
    ms: 1,
  } as const
  const { usage } = fold({ ...call, costUsd: 0.5 }, { ...call, costUsd: null })
  expect(usage).toEqual({
    calls: 2,
    inputTokens: 2,
    outputTokens: 4,
    cacheReadTokens: 6,
    cacheWriteTokens: 8,
    costUsd: 0.5,
    unpricedCalls: 1,
  })
})

test('what comes after the outcome still counts, and changes no outcome', () => {
  const done: RunEventBody = { type: 'run.finished', status: 'succeeded', verdict: 'verified', sentence: 'Fixed.' }
  const state = fold(
    done,
    {
      type: 'artifact.added',
      id: 'x',
      name: 'n',
      kind: 'file',
      mediaType: 't',
      sizeBytes: 1,
      sha256: 's',
      retainUntil: AT,
    },
    { type: 'run.ended', status: 'failed', code: 'run.lost' },
    { type: 'agent.started' },
  )
  expect(state).toMatchObject({
    status: 'succeeded',
    verdict: 'verified',
    code: null,
    artifacts: 1,
    activity: 'Fixed.',
  })
})

test.each<RunEventBody>([
  { type: 'text.appended', text: 'x' },
  { type: 'tool.started', id: '1', tool: 'Read', target: 'a' },
  { type: 'step.started', step: 'verify' },
  { type: 'note.raised', level: 'info', words: 'x' },
])('$type streams past without a reconcile', (body) => {
  expect(wakeAfter(fold({ type: 'run.admitted' }), fold({ type: 'run.admitted' }, body))).toBe('none')
})

test.each<[RunEventBody, string]>([
  [{ type: 'runner.started', version: '1' }, 'none'],
  [{ type: 'cancel.requested', by: 'p' }, 'now'],
  [{ type: 'run.finished', status: 'failed', verdict: 'failed', sentence: 'x' }, 'now'],
])('%j wakes the reconciler: %s', (body, wake) => {
  expect(wakeAfter(fold({ type: 'run.admitted' }), fold({ type: 'run.admitted' }, body))).toBe(wake)
})

test('a runner that has had its last word ends by itself, and is looked after a moment later', () => {
  const live = [{ type: 'run.admitted' }, { type: 'runner.started', version: '1' }] as const
  const finished = { type: 'run.finished', status: 'failed', verdict: 'failed', sentence: 'x' } as const
  expect(wakeAfter(fold(...live), fold(...live, finished))).toBe('soon')
})

test('a runner in a warm sandbox may report before its admission is written: nothing stays open or goes back', () => {
  const early = [
    { type: 'runner.started', version: '1' },
    { type: 'step.started', step: 'agent' },
  ] as const
  const before = fold(...early)
  expect(isRedundant(before, { type: 'run.admitted' })).toBe(false)
  const { steps, activity, status, admittedAt } = fold(...early, { type: 'run.admitted' })
  expect(steps.map(({ step, ms }) => [step, ms])).toEqual([
    ['sandbox', 0],
    ['agent', null],
  ])
  expect({ activity, status, isAdmitted: admittedAt !== null }).toEqual({
    activity: before.activity,
    status: 'running',
    isAdmitted: true,
  })
})

test('only the end of the sandbox frees the place', () => {
  const over = fold({ type: 'run.ended', status: 'cancelled', code: 'run.cancelled' })
  const gone = fold({ type: 'run.ended', status: 'cancelled', code: 'run.cancelled' }, { type: 'sandbox.gone' })
  expect(wakeAfter(over, gone)).toBe('gone')
  expect(isRedundant(gone, { type: 'sandbox.gone' })).toBe(true)
})

test('a run that was stored by an Errand without some of the fields goes on', () => {
  const { questions: _, ...older } = fold()
  const event: RunEvent = { seq: 2, at: AT, body: { type: 'step.started', step: 'agent' } }
  expect(reduce(older as RunState, event)).toEqual(fold(event.body))
})
