import type { RunEvent, RunEventBody } from '@errand/contracts'
import { reduce, type RunState } from '@errand/domain'
import { expect, test } from 'vitest'
import { TRAIL_NAMES, trailWords } from '../../ui/Trail.tsx'
import { stateOf } from './stateOf.ts'
import { trailOf } from './trailOf.ts'

const created: RunEventBody = {
  type: 'run.created',
  agent: 'a',
  agentVersion: 1,
  by: 'p',
  repositories: [],
  budgetUsd: 5,
}
const admitted: RunEventBody = { type: 'run.admitted' }
const begun: RunEventBody[] = [admitted, { type: 'step.started', step: 'agent' }, { type: 'agent.started', model: 'm' }]
const acted: RunEventBody[] = [...begun, { type: 'tool.started', id: 't', tool: 'Edit', target: 'a.ts' }]
const finished = (body: Partial<Extract<RunEventBody, { type: 'run.finished' }>>): RunEventBody => ({
  type: 'run.finished',
  status: 'succeeded',
  verdict: 'verified',
  sentence: 'Done.',
  ...body,
})

function fold(bodies: readonly RunEventBody[]): RunState {
  const events: RunEvent[] = [created, ...bodies].map((body, index) => ({
    seq: index + 1,
    at: '2026-01-01T00:00:00Z',
    body,
  }))
  const state = events.reduce<RunState | null>(reduce, null)
  if (state === null) throw new Error('nothing was folded')
  return state
}

const cases: Record<string, { events: readonly RunEventBody[]; marks: string; state: string }> = {
  'is fired and waits': { events: [], marks: 'seen todo todo todo', state: 'queued' },
  'is starting': { events: [admitted], marks: 'seen now todo todo', state: 'starting' },
  'is at work': { events: begun, marks: 'seen seen now todo', state: 'running' },
  'is being checked': {
    events: [...acted, { type: 'step.started', step: 'verify' }],
    marks: 'seen seen seen now',
    state: 'verifying',
  },
  'held its check': { events: [...acted, finished({})], marks: 'seen seen seen verified', state: 'verified' },
  'had nothing to check it': {
    events: [...acted, finished({ verdict: 'unverified' })],
    marks: 'seen seen seen unchecked',
    state: 'unchecked',
  },
  'said done and changed nothing': {
    events: [...begun, finished({ verdict: 'unverified' })],
    marks: 'seen seen unchecked unchecked',
    state: 'unchecked',
  },
  'did not hold its check': {
    events: [...acted, finished({ status: 'failed', verdict: 'failed', code: 'verify.failed' })],
    marks: 'seen seen seen failed',
    state: 'checks-failed',
  },
  'failed at work': {
    events: [...acted, { type: 'run.ended', status: 'failed', code: 'sandbox.out-of-memory' }],
    marks: 'seen seen failed todo',
    state: 'failed',
  },
  'never started': {
    events: [admitted, { type: 'run.ended', status: 'failed', code: 'run.never-started' }],
    marks: 'seen failed todo todo',
    state: 'failed',
  },
  'was stopped at work': {
    events: [...acted, { type: 'run.ended', status: 'cancelled', code: 'run.cancelled' }],
    marks: 'seen seen stopped todo',
    state: 'stopped',
  },
  'was stopped in line': {
    events: [{ type: 'run.ended', status: 'cancelled', code: 'run.cancelled' }],
    marks: 'seen stopped todo todo',
    state: 'stopped',
  },
  'ran out of time': {
    events: [...acted, { type: 'run.ended', status: 'failed', code: 'run.deadline' }],
    marks: 'seen seen failed todo',
    state: 'timed-out',
  },
  'ran out of money': {
    events: [...acted, finished({ status: 'failed', verdict: 'failed', code: 'run.budget' })],
    marks: 'seen seen failed todo',
    state: 'budget',
  },
}

test.each(Object.entries(cases))('the marks and the word of a run that %s', (_, { events, marks, state }) => {
  const run = fold(events)
  expect(trailOf(run).join(' ')).toBe(marks)
  expect(stateOf(run)).toBe(state)
})

test('a trail can be read aloud', () => {
  expect(trailWords(trailOf(fold(begun)))).toBe('fired done, started done, acted under way, verified not yet')
  expect(TRAIL_NAMES).toHaveLength(4)
})
