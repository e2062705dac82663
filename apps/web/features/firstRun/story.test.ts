import type { RunEventBody } from '@errand/contracts'
import { expect, test } from 'vitest'
import { addToStory, type StoryLine } from './story.ts'

const TEST = { type: 'tool.started', tool: 'Bash', target: "cd '/workspace/demo' && node --test" } as const

function told(...bodies: readonly RunEventBody[]): readonly string[] {
  const lines = bodies.reduce<readonly StoryLine[]>(
    (story, body, index) => addToStory(story, { seq: index + 1, at: new Date(index * 1_000).toISOString(), body }),
    [],
  )
  return lines.map(({ mark, words, code, detail, ms }) =>
    [mark, words, code, detail, ms].filter((part) => part !== null).join(' | '),
  )
}

test('a test turns from red to green, and only Errand’s own check is proof', () => {
  expect(
    told(
      { ...TEST, id: 'a' },
      {
        type: 'tool.finished',
        id: 'a',
        ok: false,
        ms: 335,
        output: 'Exit code 1\n✔ one (1ms)\n✖ leap years (0.7ms)\n',
      },
      { type: 'tool.started', id: 'b', tool: 'Edit', target: 'demo/src/calendar.js' },
      { type: 'tool.finished', id: 'b', ok: true, ms: 19 },
      { ...TEST, id: 'c' },
      { type: 'tool.finished', id: 'c', ok: true, ms: 295 },
      { type: 'step.started', step: 'verify' },
      { type: 'verify.finished', evidence: { command: 'npm test', exitCode: 0, ms: 1, output: '' } },
    ),
  ).toEqual([
    'failed | A test is red | node --test | leap years | 335',
    'seen | The cause is mended | demo/src/calendar.js | 19',
    'seen | The tests pass | node --test | 295',
    'proof | Checked again, outside the agent: green | npm test | 1000',
  ])
})

test('what is under way says so, and what is beside the point is left out', () => {
  expect(
    told(
      { type: 'sandbox.started', executor: 'local', limits: '2 CPUs' },
      { type: 'tool.started', id: 'x', tool: 'Bash', target: 'git commit' },
      { ...TEST, id: 'a' },
    ),
  ).toEqual(['now | The tests run | node --test'])
})
