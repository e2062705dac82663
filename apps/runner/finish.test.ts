import { describe, expect, test } from 'vitest'
import { type Ending, finish, firstSentence } from './finish.ts'

const good: Ending = {
  halted: null,
  failure: null,
  isOutOfMemory: false,
  evidence: null,
  changes: [],
  pushFailures: [],
  agentWords: 'Done. All is well.',
  isScript: false,
}
const evidence = { command: 'npm test', exitCode: 0, ms: 5, output: 'ok' }
const crash = { code: 'agent.crashed', detail: 'It was ended by SIGKILL.' } as const

const cases: Record<string, { ending: Partial<Ending>; is: object }> = {
  'done, and nobody checked': { ending: {}, is: { status: 'succeeded', verdict: 'unverified', sentence: 'Done.' } },
  'done and checked': { ending: { evidence }, is: { status: 'succeeded', verdict: 'verified' } },
  'done, but the check failed': {
    ending: { evidence: { ...evidence, exitCode: 1 } },
    is: { status: 'failed', verdict: 'failed', code: 'verify.failed' },
  },
  'done, but the push failed': {
    ending: { pushFailures: ['demo: rejected'] },
    is: { status: 'failed', code: 'repository.push-failed', detail: 'demo: rejected' },
  },
  'cancelled, whatever else happened': {
    ending: { halted: 'cancelled', failure: crash, evidence },
    is: { status: 'cancelled', verdict: 'failed', code: 'run.cancelled' },
  },
  'out of time': { ending: { halted: 'deadline', failure: crash }, is: { status: 'failed', code: 'run.deadline' } },
  'killed for want of memory': {
    ending: { failure: crash, isOutOfMemory: true },
    is: { code: 'sandbox.out-of-memory', detail: 'It was ended by SIGKILL.' },
  },
  'a check killed for want of memory': {
    ending: { evidence: { ...evidence, exitCode: 137 }, isOutOfMemory: true },
    is: { code: 'sandbox.out-of-memory' },
  },
  'a kill for want of memory that the agent got over': { ending: { isOutOfMemory: true }, is: { status: 'succeeded' } },
  'an agent that gave up says so itself': {
    ending: { failure: { code: 'agent.failed', detail: 'I could not find the file. Sorry.' } },
    is: { code: 'agent.failed', sentence: 'I could not find the file.' },
  },
  'a script that says nothing': {
    ending: { agentWords: '', isScript: true },
    is: { sentence: 'The script finished.' },
  },
}

test.each(Object.entries(cases))('%s', (_, { ending, is }) => {
  expect(finish({ ...good, ...ending })).toMatchObject(is)
})

describe('the outcome in one sentence', () => {
  const sentences: Record<string, string> = {
    '## Summary\n\nFixed the test. It ran twice.': 'Fixed the test.',
    '# Only a heading': 'Only a heading',
    'Fixed `a.ts` in v1.2.3 of **it**. More.': 'Fixed a.ts in v1.2.3 of it.',
    '- Fixed it\n- And more': 'Fixed it',
    '\n\n---\nDone!': 'Done!',
    '': '',
    '完成了。还有更多。': '完成了。',
  }
  test.each(Object.entries(sentences))('%j', (text, sentence) => {
    expect(firstSentence(text)).toBe(sentence)
  })
  test('is never long', () => {
    expect(firstSentence('word '.repeat(500)).length).toBeLessThanOrEqual(280)
  })
})
