import type { RunEvent, RunEventBody } from '@errand/contracts'
import { describe, expect, test } from 'vitest'
import { follow, FOLLOW_START, slowTools } from './follow.ts'
import { painter } from './paint.ts'

const paint = painter(false)
const CREATED: RunEventBody = {
  type: 'run.created',
  agent: 'default',
  agentVersion: 1,
  by: 'owner',
  repositories: [],
  budgetUsd: 5,
}

/** Events 100 ms apart from noon on. */
function events(...bodies: readonly RunEventBody[]): readonly RunEvent[] {
  return bodies.map((body, index) => ({ seq: index + 1, at: at(index * 100), body }))
}

function at(ms: number): string {
  return new Date(Date.UTC(2026, 0, 1, 12) + ms).toISOString()
}

function linesOf(list: readonly RunEvent[]) {
  let state = FOLLOW_START
  const lines: string[] = []
  for (const event of list) {
    const next = follow(state, event, paint)
    state = next.state
    lines.push(...next.lines)
  }
  return { state, lines }
}

const usage = (tokens: number, costUsd: number | null): RunEventBody => ({
  type: 'usage.metered',
  model: 'm',
  inputTokens: tokens,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd,
  ms: 5,
})

test('start-up steps have their timings', () => {
  const { lines } = linesOf(
    events(
      CREATED,
      { type: 'run.admitted' },
      { type: 'sandbox.started', executor: 'bubblewrap', limits: 'memory 4096 MiB' },
      { type: 'runner.started', version: '1' },
      { type: 'step.finished', step: 'clone', ok: true, ms: 412, detail: 'local/demo' },
      { type: 'step.finished', step: 'setup', ok: false, ms: 9_100, detail: 'exit code 3' },
    ),
  )
  expect(lines).toEqual([
    '   0.0s · queued',
    '   0.3s ✓ sandbox          200 ms  bubblewrap, memory 4096 MiB',
    '   0.4s ✓ cloned           412 ms  local/demo',
    '   0.5s ✗ setup command     9.1 s  exit code 3',
  ])
})

test('one line per tool use, with what it changed, its duration and the sum so far', () => {
  const { lines } = linesOf(
    events(
      CREATED,
      usage(1200, 0.02),
      { type: 'tool.started', id: 'a', tool: 'Edit', target: 'src/sum.js' },
      { type: 'tool.finished', id: 'a', ok: true, ms: 12, added: 1, removed: 2 },
      { type: 'tool.started', id: 'b', tool: 'Bash', target: 'npm test' },
      { type: 'tool.finished', id: 'b', ok: false, ms: 4_200, output: 'lots\nof output\n1 failed\n' },
    ),
  )
  expect(lines.slice(1)).toEqual([
    '   0.3s ▸ Edit src/sum.js  +1 −2 12 ms · 1.2k tokens, $0.02 of $5.00',
    '   0.5s ✗ Bash npm test  4.2 s',
    '   0.5s     1 failed',
  ])
})

test('a model without a known price is never given a guessed sum', () => {
  const tool = (id: string): RunEventBody[] => [
    { type: 'tool.started', id, tool: 'Read', target: 'a' },
    { type: 'tool.finished', id, ok: true, ms: 1 },
  ]
  const { lines } = linesOf(events(CREATED, usage(10, null), ...tool('a'), usage(10, 0.5), ...tool('b')))
  expect(lines.slice(1)).toEqual([
    '   0.3s ▸ Read a  1 ms · 10 tokens, cost unknown',
    '   0.6s ▸ Read a  1 ms · 20 tokens, at least $0.50 of $5.00 (the price of some calls is unknown)',
  ])
})

test('text that comes in pieces is printed in whole lines, and its rest at the end', () => {
  const { lines } = linesOf(
    events(
      CREATED,
      { type: 'output.appended', step: 'agent', text: 'hel' },
      { type: 'output.appended', step: 'agent', text: 'lo\n10%\r50%\r100%\nla' },
      { type: 'output.appended', step: 'agent', text: 'st' },
      { type: 'step.finished', step: 'agent', ok: true, ms: 20 },
    ),
  )
  expect(lines.slice(1).map((line) => line.slice(8))).toEqual([
    '│ hello',
    '│ 100%',
    '│ last',
    '✓ agent done        20 ms',
  ])
})

test('a blocked host is shown with the command that asked', () => {
  const { lines } = linesOf(
    events(CREATED, {
      type: 'egress.blocked',
      host: 'evil.example',
      port: 443,
      code: 'egress.host-denied',
      command: 'curl evil.example',
    }),
  )
  expect(lines[1]).toBe('   0.1s ! blocked evil.example:443 asked by curl evil.example')
})

test('a tool that takes long is announced once while it runs', () => {
  const { state } = linesOf(events(CREATED, { type: 'tool.started', id: 'a', tool: 'Bash', target: 'npm test' }))
  expect(slowTools(state, new Date(at(2_000)), paint).lines).toEqual([])
  const slow = slowTools(state, new Date(at(5_000)), paint)
  expect(slow.lines).toEqual(['   5.0s … Bash npm test still running'])
  expect(slowTools(slow.state, new Date(at(9_000)), paint).lines).toEqual([])
})

describe('an event that was seen before', () => {
  test('prints nothing again after a reconnection', () => {
    const list = events(CREATED, { type: 'run.admitted' }, { type: 'runner.started', version: '1' })
    const first = linesOf(list)
    expect(linesOf([...list, ...list]).lines).toEqual(first.lines)
  })
})

test('a question is shown whole, with the command that answers it and what came of it', () => {
  const expiresAt = '2026-01-01T12:30:00.000Z'
  const { lines } = linesOf(
    events(
      CREATED,
      {
        type: 'question.asked',
        id: 'q1',
        tool: 'Bash',
        target: 'make',
        input: 'make\nall',
        rules: ['Bash(make *)'],
        expiresAt,
      },
      { type: 'question.answered', id: 'q1', answer: 'allow-agent', by: 'Ada', agentVersion: 3, note: 'fine' },
      { type: 'host.asked', id: 'q2', host: 'files.example', port: 443, command: 'curl files.example', expiresAt },
      { type: 'question.expired', id: 'q2' },
    ),
  )
  expect(lines.slice(1).map((line) => line.slice(8))).toEqual([
    '? may it use Bash?',
    '  │ make',
    '  │ all',
    '  allow-run, allow-agent: Bash(make *)',
    '  errand answer  allow-once|allow-run|allow-agent|deny --question q1 (until 2026-01-01 12:30 UTC, then it counts as no)',
    '· Ada allowed it from now on, version 3 of the agent: fine',
    '? may it reach files.example:443? The connection waits.',
    '  │ curl files.example',
    '  errand answer  allow-once|allow-run|allow-agent|deny --question q2 (until 2026-01-01 12:30 UTC, then it counts as no)',
    '! nobody answered in time: that counts as no',
  ])
})
