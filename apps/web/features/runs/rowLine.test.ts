import { expect, test } from 'vitest'
import { type Piece, rowLine, rowState } from './rowLine.ts'
import { ADMITTED, AGENT, aRun, failed, finished, stateAfter } from './test/support/aRun.ts'
import type { ListedRun } from './types.ts'

const LATER = '2026-01-01T12:00:00.000Z'
const EVIDENCE = { command: 'npm test', exitCode: 0, ms: 1, output: '' }
const CHANGES = { repository: 'a', base: 'b', head: 'c', branch: null, commits: 1, files: 2, added: 48, removed: 19 }
const HOST = {
  type: 'host.asked',
  id: 'q',
  host: 'api.example',
  port: 443,
  command: 'npm test',
  expiresAt: LATER,
} as const
const TOOL = {
  type: 'question.asked',
  id: 'q',
  tool: 'Bash',
  target: 'rm -r x',
  input: '{}',
  expiresAt: LATER,
} as const

const cases: Record<string, { run: ListedRun; state: string; says: string }> = {
  'queued, with others before it': {
    run: aRun({ queuePosition: 3 }),
    state: 'queued',
    says: '3rd in line for a sandbox',
  },
  'queued, and next': { run: aRun({ queuePosition: 1 }), state: 'queued', says: 'Next in line for a sandbox' },
  'starting, with the step and its seconds': {
    run: aRun({ state: stateAfter(ADMITTED) }),
    state: 'starting',
    says: 'Starting the sandbox, <since>',
  },
  'running a tool': {
    run: aRun({
      state: stateAfter(...AGENT, { type: 'tool.started', id: 't', tool: 'Edit', target: 'de/settings.json' }),
    }),
    state: 'running',
    says: 'Editing `de/settings.json`',
  },
  'running, and the agent says something that begins like a word of ours': {
    run: aRun({ state: stateAfter(...AGENT, { type: 'text.appended', text: 'Now the tests.' }) }),
    state: 'running',
    says: 'Now the tests.',
  },
  'a script says no thoughts': {
    run: aRun({ runtime: 'script', state: stateAfter(...AGENT) }),
    state: 'running',
    says: 'Running the script',
  },
  'waiting for a host': {
    run: aRun({ state: stateAfter(...AGENT, HOST) }),
    state: 'host',
    says: '*Blocked host* `api.example`, wanted by `npm test`. The run waits.',
  },
  'waiting for an answer': {
    run: aRun({ state: stateAfter(...AGENT, TOOL) }),
    state: 'question',
    says: '*Asks* to use `Bash rm -r x`. No answer by <at> means no.',
  },
  'verified, with what it is known by': {
    run: aRun({
      state: stateAfter(
        ...AGENT,
        { type: 'verify.finished', evidence: EVIDENCE },
        { type: 'changes.collected', changes: CHANGES },
        finished({ verdict: 'verified' }),
      ),
    }),
    state: 'verified',
    says: '*Verified.* `npm test` passed, 2 files +48 −19',
  },
  'not checked: the agent’s words are marked as its own': {
    run: aRun({ state: stateAfter(...AGENT, finished()) }),
    state: 'unchecked',
    says: '*Finished, not checked.* “All is well.”',
  },
  'out of memory': {
    run: aRun({ state: stateAfter(...AGENT, failed('sandbox.out-of-memory')) }),
    state: 'failed',
    says: '*Failed.* A process in the sandbox needed more memory than the run may use and was killed.',
  },
  'stopped before it had a sandbox': {
    run: aRun({ state: stateAfter({ type: 'run.ended', status: 'cancelled', code: 'run.cancelled' }) }),
    state: 'stopped',
    says: '*Stopped after 1 s*; it never started',
  },
  'asked to stop': {
    run: aRun({ desired: 'cancelled', state: stateAfter(...AGENT) }),
    state: 'running',
    says: 'Stopping',
  },
}

for (const [title, { run, state, says }] of Object.entries(cases)) {
  test(title, () => {
    expect(rowState(run)).toBe(state)
    expect(rowLine(run).map(plain).join('')).toBe(says)
  })
}

function plain(piece: Piece): string {
  if (typeof piece === 'string') return piece
  if ('strong' in piece) return `*${piece.strong.trim()}*${piece.strong.endsWith(' ') ? ' ' : ''}`
  if ('code' in piece) return `\`${piece.code}\``
  if ('added' in piece) return `+${piece.added} −${piece.removed}`
  return 'since' in piece ? '<since>' : '<at>'
}
