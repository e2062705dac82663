import type { Artifact, RunId } from '@errand/contracts'
import { describe, expect, test } from 'vitest'
import { outcomeLine, runLine } from './json.ts'
import { type Finished, outcomeLines } from './outcome.ts'
import { painter } from './paint.ts'

const RUN = 'run01kahz0000aaaaaaaaaaaaaaaa' as RunId
const artifact: Artifact = {
  id: 'art01kahz0000bbbbbbbbbbbbbbbb' as Artifact['id'],
  runId: RUN,
  name: 'changes.patch',
  kind: 'patch',
  mediaType: 'text/x-diff',
  sizeBytes: 1234,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  createdAt: '2026-01-01T12:00:12.000Z',
  retainUntil: '2026-01-31T12:00:12.000Z',
}
const verified: Finished = {
  address: 'http://127.0.0.1:8470',
  remedy: null,
  artifacts: [artifact],
  state: {
    status: 'succeeded',
    verdict: 'verified',
    sentence: 'The failing test passes now.',
    code: null,
    detail: null,
    evidence: { command: 'npm test', exitCode: 0, ms: 1200, output: '1 test\n\u001b[32mok\u001b[0m\n' },
    changes: [
      {
        repository: 'local/demo',
        base: 'a',
        head: 'b',
        branch: 'errand/x',
        commits: 1,
        files: 2,
        added: 3,
        removed: 1,
      },
    ],
    usage: {
      calls: 4,
      inputTokens: 1000,
      outputTokens: 200,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      costUsd: 0.02,
      unpricedCalls: 0,
    },
    budgetUsd: 5,
    createdAt: '2026-01-01T12:00:00.000Z',
    endedAt: '2026-01-01T12:00:12.400Z',
    blockedHosts: 1,
    toolCalls: 6,
    notes: [],
  },
}

test('the outcome says what came out, how that is known, what changed, what it cost and what it left', () => {
  expect(outcomeLines(verified, painter(false))).toEqual([
    '',
    '✓ succeeded, verified  The failing test passes now.',
    '  evidence   npm test  passed, 1.2 s',
    '    │ 1 test',
    '    │ ok',
    '  changed    local/demo: 2 files, +3 −1, 1 commit on errand/x',
    '  cost       $0.02 of $5.00, 1.2k tokens in 4 calls',
    '  took       12.4 s, 6 tool calls, 1 connection blocked',
    '  artifacts  1',
    '    patch        changes.patch  1.2 kB, text/x-diff, sha256 9f86d081884c, kept until 2026-01-31',
    '                 http://127.0.0.1:8470/artifacts/art01kahz0000bbbbbbbbbbbbbbbb',
  ])
})

test('a failure comes with what to do about it', () => {
  const failed: Finished = {
    ...verified,
    artifacts: [],
    remedy: 'Raise the budget.',
    state: {
      ...verified.state,
      status: 'failed',
      verdict: 'failed',
      code: 'run.budget',
      sentence: 'The run reached its budget.',
      detail: 'spent $5.01',
      evidence: null,
      changes: [],
    },
  }
  expect(outcomeLines(failed, painter(false)).slice(1, 4)).toEqual([
    '✗ failed  The run reached its budget.',
    '  spent $5.01',
    '  → Raise the budget.',
  ])
})

describe('--json', () => {
  test('names the run in the first line and has the verdict in the last', () => {
    expect(JSON.parse(runLine({ id: RUN, status: 'queued', verdict: null }))).toEqual({
      type: 'run',
      runId: RUN,
      status: 'queued',
      verdict: null,
    })
    const last = JSON.parse(outcomeLine(RUN, verified))
    expect(last).toMatchObject({
      type: 'outcome',
      runId: RUN,
      status: 'succeeded',
      verdict: 'verified',
      durationMs: 12_400,
    })
    expect(last.artifacts[0]).toMatchObject({
      name: 'changes.patch',
      sha256: artifact.sha256,
      url: 'http://127.0.0.1:8470/artifacts/art01kahz0000bbbbbbbbbbbbbbbb',
    })
  })
})

test('a note that never reached its agent is told at the end', () => {
  const note = { id: 'nte1', text: 'Use REDIS_URL.', when: 'next-turn', by: 'Ada' } as const
  const lines = outcomeLines({ ...verified, state: { ...verified.state, notes: [note] } }, painter(false))
  expect(lines.join('\n')).toContain('a note came too late: Use REDIS_URL.')
})
