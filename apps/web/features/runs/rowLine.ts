import type { OpenQuestion } from '@errand/domain'
import { counted, ordinal } from '../../ui/format/amount.ts'
import { duration } from '../../ui/format/time.ts'
import { type StateName, STATES } from '../../ui/states.ts'
import { stateOf } from '../run/stateOf.ts'
import { deedOf } from '../timeline/verbs.ts'
import type { ListedRun } from './types.ts'

/** A part of the one line that a row says. What is not plain text says how it is shown. */
export type Piece =
  | string
  | { readonly strong: string; readonly tone: 'flag' | 'fault' | 'proof' | '' }
  | { readonly code: string }
  /** The seconds since then, counted on. */
  | { readonly since: string }
  | { readonly at: string }
  | { readonly added: number; readonly removed: number }

/** The state of a row: of what waits, also for whom. */
export function rowState({ state }: ListedRun): StateName {
  return stateOf(state)
}

/** The one line of truth: what it does, what it needs, or what came out and by what that is known. */
export function rowLine(run: ListedRun): readonly Piece[] {
  const { state } = run
  if (run.desired === 'cancelled' && state.endedAt === null) return ['Stopping']
  switch (rowState(run)) {
    case 'queued':
      return [queueLine(run)]
    case 'starting':
      return startLine(run)
    case 'running':
      return run.runtime === 'script' ? ['Running the script'] : activityLine(state.activity)
    case 'question':
    case 'host':
    case 'sign-in':
      return questionLine(state.questions)
    case 'verifying':
      return ['Verifying', ...(run.verify === null ? [] : [': ', { code: run.verify }])]
    case 'verified':
      return [strong('verified', 'proof'), ...evidenceLine(run), ...changeLine(run)]
    case 'unchecked':
      return [strong('unchecked', ''), ...said(run), ...changeLine(run)]
    case 'checks-failed':
      return [strong('checks-failed', 'fault'), ...evidenceLine(run), ...changeLine(run)]
    case 'stopped':
      return stoppedLine(run)
    case 'budget':
    case 'timed-out':
      return [strong(rowState(run), 'fault'), 'What it had done is kept', ...changeLine(run, '. ')]
    default:
      return [strong(rowState(run), 'fault'), [state.sentence, state.detail].filter(Boolean).join(' ')]
  }
}

function strong(state: StateName, tone: 'fault' | 'proof' | ''): Piece {
  return { strong: `${STATES[state].word}. `, tone }
}

function queueLine({ queuePosition }: ListedRun): string {
  if (queuePosition === null) return 'It has a place; its sandbox starts next'
  return queuePosition === 1 ? 'Next in line for a sandbox' : `${ordinal(queuePosition)} in line for a sandbox`
}

function startLine({ state }: ListedRun): readonly Piece[] {
  const step = state.steps.find(({ ms }) => ms === null)
  // What keeps it waiting is a sentence.
  const activity = state.activity.replace(/\.$/, '')
  return step === undefined ? [activity] : [`${activity}, `, { since: step.startedAt }]
}

/** The fold keeps `Edit src/a.ts`; a person reads `Editing src/a.ts`. Anything else is what the agent says. */
function activityLine(activity: string): readonly Piece[] {
  const [tool = '', ...rest] = activity.split(' ')
  const deed = deedOf(tool, rest.join(' '))
  if (deed.doing !== 'Calling') return deed.target === '' ? [deed.doing] : [`${deed.doing} `, { code: deed.target }]
  return tool.startsWith('mcp__') ? ['Calling ', { code: deed.target }] : [activity]
}

function questionLine([question, ...more]: readonly OpenQuestion[]): readonly Piece[] {
  if (question === undefined) return ['It waits for you']
  const others: readonly Piece[] = more.length === 0 ? [] : [` ${counted(more.length, 'more question')}.`]
  if (question.kind === 'sign-in')
    return [
      { strong: 'Needs sign-in ', tone: 'flag' },
      { code: question.server },
      '. The run goes on by itself after it.',
      ...others,
    ]
  if (question.kind === 'host')
    return [
      { strong: 'Blocked host ', tone: 'flag' },
      { code: question.port === 443 ? question.host : `${question.host}:${question.port}` },
      ...(question.command === null ? [] : [', wanted by ', { code: question.command }]),
      '. The run waits.',
      ...others,
    ]
  return [
    { strong: 'Asks ', tone: 'flag' },
    'to use ',
    { code: `${question.tool} ${question.target}`.trim() },
    '. No answer by ',
    { at: question.expiresAt },
    ' means no.',
    ...others,
  ]
}

function evidenceLine(run: ListedRun): readonly Piece[] {
  const { evidence } = run.state
  if (evidence === null) return said(run)
  const { command, exitCode } = evidence
  return [{ code: command }, exitCode === 0 ? ' passed' : ` ended with ${exitCode}`]
}

function changeLine({ state }: ListedRun, before = ', '): readonly Piece[] {
  const files = state.changes.reduce((sum, one) => sum + one.files, 0)
  if (files === 0) return []
  const added = state.changes.reduce((sum, one) => sum + one.added, 0)
  const removed = state.changes.reduce((sum, one) => sum + one.removed, 0)
  return [`${before}${counted(files, 'file')} `, { added, removed }]
}

/** The agent's own claim stands in quotation marks; of a script Errand itself says that it ended. */
function said({ state: { sentence }, runtime }: ListedRun): readonly Piece[] {
  if (sentence === null || sentence === '') return []
  return [runtime === 'script' ? sentence : `“${sentence}”`]
}

function stoppedLine(run: ListedRun): readonly Piece[] {
  const { endedAt, createdAt, goneAt, sandboxStartedAt } = run.state
  const after = endedAt === null ? '' : ` after ${duration(Date.parse(endedAt) - Date.parse(createdAt))}`
  const sandbox =
    sandboxStartedAt === null ? 'it never started' : goneAt === null ? 'the sandbox ends' : 'the sandbox is gone'
  return [{ strong: `Stopped${after}`, tone: '' }, `; ${sandbox}`, ...changeLine(run, '. ')]
}
