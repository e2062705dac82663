import { expect, test } from 'vitest'
import { type Run, reasonOf, sentenceOf } from './outcomeOf.ts'

const ended = (runtime: Run['runtime'], state: Partial<Run['state']>) =>
  sentenceOf({ runtime, state: { sentence: null, code: null, ...state } as Run['state'] })

test('the agent’s own words are marked as its, Errand’s are not', () => {
  expect(ended('claude-code', { sentence: 'I fixed it.' })).toEqual({ text: 'I fixed it.', isAgents: true })
  expect(ended('claude-code', { sentence: 'The agent finished.' }).isAgents).toBe(false)
  expect(ended('claude-code', { sentence: 'The agent finished and changed 1 file in local/app.' }).isAgents).toBe(false)
  expect(ended('script', { sentence: 'The script finished.' }).isAgents).toBe(false)
})

test('a reason of the table is Errand’s, what an agent gave up with is its own', () => {
  expect(ended('claude-code', { sentence: 'The run reached its budget.', code: 'run.budget' }).isAgents).toBe(false)
  expect(ended('claude-code', { sentence: 'I lack the rights.', code: 'agent.failed' }).isAgents).toBe(true)
  expect(ended('claude-code', { code: 'run.lost' })).toEqual({
    text: 'The sandbox vanished in the middle of the run.',
    isAgents: false,
  })
})

test('the reason is named in words that stand alone', () => {
  expect(reasonOf('sandbox.out-of-memory')).toBe('out of memory')
  expect(reasonOf('setup.failed')).toBe('setup')
  expect(reasonOf('model.unavailable')).toBe('model unavailable')
  expect(reasonOf('repository.clone-failed')).toBe('clone failed')
})
