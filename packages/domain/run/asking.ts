import type { RunEventBody, RunStatus } from '@errand/contracts'
import { cut } from './activity.ts'
import { isTerminal, type OpenQuestion, type RunState } from './state.ts'

/** What persons and the run say to each other on the way. */
export type Talk = Extract<
  RunEventBody,
  { type: `question.${string}` | `note.${'sent' | 'removed' | 'delivered'}` | 'host.asked' }
>

/** Folds a question, an answer or a note. A run with an open question is `waiting`; with the last one gone it works on. */
export function foldTalk(s: RunState, body: Talk, at: string): RunState {
  switch (body.type) {
    case 'question.asked': {
      const { id, tool, target, input, rules = [], expiresAt } = body
      return asked(s, { kind: 'tool', id, tool, target, input, rules, askedAt: at, expiresAt })
    }
    case 'host.asked': {
      const { id, host, port, command = null, expiresAt } = body
      return asked(s, { kind: 'host', id, host, port, command, askedAt: at, expiresAt })
    }
    case 'question.answered':
    case 'question.expired':
      return settled({ ...s, questions: s.questions.filter(({ id }) => id !== body.id) })
    case 'note.sent': {
      const { id, text, when, by } = body
      return { ...s, notes: [...s.notes, { id, text, when, by }] }
    }
    case 'note.removed':
    case 'note.delivered':
      return { ...s, notes: s.notes.filter(({ id }) => id !== body.id) }
  }
}

/** Whether it tells anything new: a question is answered once, a note leaves the list once. */
export function isTalkRedundant(s: RunState, body: Talk): boolean {
  switch (body.type) {
    case 'question.asked':
    case 'host.asked':
      return isTerminal(s.status) || s.questions.some(({ id }) => id === body.id)
    case 'question.answered':
    case 'question.expired':
      return !s.questions.some(({ id }) => id === body.id)
    case 'note.sent':
      return isTerminal(s.status) || s.notes.some(({ id }) => id === body.id)
    case 'note.removed':
    case 'note.delivered':
      return !s.notes.some(({ id }) => id === body.id)
  }
}

function asked(s: RunState, question: OpenQuestion): RunState {
  const activity = question.kind === 'host' ? `Asks for ${question.host}` : `Asks: ${question.tool} ${question.target}`
  return { ...s, questions: [...s.questions, question], status: 'waiting', activity: cut(activity) }
}

function settled(s: RunState): RunState {
  return s.status === 'waiting' && s.questions.length === 0 ? { ...s, status: workingStatus(s) } : s
}

/** What a run is doing, by its steps alone: where it goes on once nothing is asked any more. */
export function workingStatus(s: RunState): RunStatus {
  const names = s.steps.map(({ step }) => step)
  if (names.includes('verify')) return 'verifying'
  return names.includes('agent') ? 'running' : 'starting'
}
