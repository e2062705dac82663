import type { Answer, RunEventBody, RunStatus } from '@errand/contracts'
import { hostPattern, type Target } from '../policy/hostPolicy.ts'
import { cut } from './activity.ts'
import { type HostAnswer, isTerminal, type OpenQuestion, type RunState } from './state.ts'

/** What persons and the run say to each other on the way. */
export type Talk = Extract<
  RunEventBody,
  {
    type:
      | `question.${string}`
      | `note.${'sent' | 'removed' | 'delivered'}`
      | `host.${string}`
      | `sign-in.${string}`
      | 'mcp.asked'
  }
>

/** Folds a question, an answer or a note. A run with an open question is `waiting`; with the last one gone it works on. */
export function foldTalk(s: RunState, body: Talk, at: string): RunState {
  switch (body.type) {
    case 'question.asked': {
      const { id, tool, target, input, rules = [], expiresAt } = body
      return asked(s, { kind: 'tool', id, tool, target, input, rules, askedAt: at, expiresAt })
    }
    case 'mcp.asked': {
      const { id, server, tool, input, rule = null, expiresAt } = body
      const rules = [mcpToolName(server, tool)]
      const shown = {
        kind: 'tool',
        id,
        tool,
        target: `of ${server}`,
        input,
        rules,
        mcp: { server, tool, rule },
      } as const
      return asked(s, { ...shown, askedAt: at, expiresAt })
    }
    case 'host.asked': {
      const { id, host, port, command = null, expiresAt } = body
      return asked(s, { kind: 'host', id, host, port, command, askedAt: at, expiresAt })
    }
    case 'sign-in.asked': {
      const { id, server, words, expiresAt } = body
      return asked(s, { kind: 'sign-in', id, server, words, askedAt: at, expiresAt })
    }
    case 'sign-in.done':
      return settled(s, body.id, { at, hostAnswer: 'run' })
    case 'host.allowed':
      return { ...s, ...answeredHost(s, body, 'run') }
    case 'question.answered':
      return settled(rememberSignIn(rememberTool(s, body), body), body.id, {
        at,
        hostAnswer: HOST_ANSWERS[body.answer],
      })
    case 'question.expired':
      return settled(rememberSignIn(s, { ...body, answer: 'deny' }), body.id, { at, hostAnswer: 'no' })
    case 'note.sent': {
      const { id, text, when, by } = body
      return { ...s, notes: [...s.notes, { id, text, when, by }] }
    }
    case 'note.removed':
    case 'note.delivered':
      return { ...s, notes: s.notes.filter(({ id }) => id !== body.id) }
  }
}

export function isTalk(body: RunEventBody): body is Talk {
  const { type } = body
  return (
    type === 'mcp.asked' ||
    type.startsWith('question.') ||
    type.startsWith('host.') ||
    type.startsWith('sign-in.') ||
    (type.startsWith('note.') && type !== 'note.raised')
  )
}

/** A connection to the host was let through: what was allowed once is used up. */
export function useHostAnswer(s: RunState, target: Target): RunState {
  const pattern = hostPattern(target)
  const left = s.hostAnswers.filter((one) => one.answer !== 'once' || one.pattern !== pattern)
  return left.length === s.hostAnswers.length ? s : { ...s, hostAnswers: left }
}

/** Whether it tells anything new: a question is answered once, a host asked for once at a time, a note sent once. */
export function isTalkRedundant(s: RunState, body: Talk): boolean {
  switch (body.type) {
    case 'question.asked':
    case 'mcp.asked':
      return isTerminal(s.status) || s.questions.some(({ id }) => id === body.id)
    case 'host.asked':
      return isTerminal(s.status) || s.questions.some((one) => one.kind === 'host' && isSameHost(one, body))
    case 'sign-in.asked':
      return isTerminal(s.status) || s.questions.some((one) => one.kind === 'sign-in' && one.server === body.server)
    case 'host.allowed':
      return false
    case 'sign-in.done':
    case 'question.answered':
    case 'question.expired':
      return !s.questions.some(({ id }) => id === body.id)
    case 'note.sent':
      return isTerminal(s.status) || s.notes.some(({ id }) => id === body.id)
    case 'note.removed':
      return !s.notes.some(({ id }) => id === body.id)
    case 'note.delivered':
      // The agent has it: that stays true when a person took it back in the same moment.
      return false
  }
}

/** When a run's time is up: waiting for a person takes none of it. */
export function deadlineOf(s: RunState, { deadlineAt, now }: { deadlineAt: Date; now: Date }): Date {
  return new Date(deadlineAt.getTime() + s.waitedMs + sinceMs(s.waitingSince, now.getTime()))
}

/** How Claude Code names a tool of an MCP server. */
export function mcpToolName(server: string, tool: string): string {
  return `mcp__${server}__${tool}`
}

/** A lasting yes to a tool of an MCP server: the gateway asks no more in this run. */
function rememberTool(s: RunState, { id, answer }: { id: string; answer: Answer }): RunState {
  const question = s.questions.find((one) => one.id === id)
  if (question?.kind !== 'tool' || question.mcp === undefined || answer === 'deny' || answer === 'allow-once') return s
  const { server, tool } = question.mcp
  return { ...s, mcpAllowed: [...s.mcpAllowed, mcpToolName(server, tool)] }
}

/** Who says no to a sign-in, or lets its time pass, is not asked for it again in this run. */
function rememberSignIn(s: RunState, { id, answer }: { id: string; answer: Answer }): RunState {
  const question = s.questions.find((one) => one.id === id)
  if (question?.kind !== 'sign-in' || answer !== 'deny') return s
  return { ...s, signInsRefused: [...s.signInsRefused, question.server] }
}

const HOST_ANSWERS: Readonly<Record<Answer, HostAnswer['answer']>> = {
  'allow-once': 'once',
  'allow-run': 'run',
  'allow-agent': 'run',
  deny: 'no',
}

function asked(s: RunState, question: OpenQuestion): RunState {
  const waitingSince = s.waitingSince ?? question.askedAt
  return {
    ...s,
    questions: [...s.questions, question],
    status: 'waiting',
    waitingSince,
    activity: cut(activityOf(question)),
  }
}

function activityOf(question: OpenQuestion): string {
  switch (question.kind) {
    case 'host':
      return `Asks for ${question.host}`
    case 'sign-in':
      return `Needs sign-in: ${question.server}`
    case 'tool':
      return `Asks: ${question.tool} ${question.target}`
  }
}

function settled(
  s: RunState,
  id: string,
  { at, hostAnswer }: { at: string; hostAnswer: HostAnswer['answer'] },
): RunState {
  const question = s.questions.find((one) => one.id === id)
  if (question === undefined) return s
  const questions = s.questions.filter((one) => one.id !== id)
  const next = { ...s, questions, ...(question.kind === 'host' ? answeredHost(s, question, hostAnswer) : {}) }
  if (questions.length > 0) return next
  const status = s.status === 'waiting' ? workingStatus(s) : s.status
  const waitedMs = s.waitedMs + sinceMs(s.waitingSince, Date.parse(at))
  return { ...next, status, waitingSince: null, waitedMs }
}

function answeredHost(s: RunState, target: Target, answer: HostAnswer['answer']): Pick<RunState, 'hostAnswers'> {
  const pattern = hostPattern(target)
  return { hostAnswers: [...s.hostAnswers.filter((one) => one.pattern !== pattern), { pattern, answer }] }
}

function isSameHost(one: Target, other: Target): boolean {
  return hostPattern(one) === hostPattern(other)
}

/** The clocks of the runner and of the gateway may differ by a little. */
function sinceMs(since: string | null, nowMs: number): number {
  return since === null ? 0 : Math.max(0, nowMs - Date.parse(since))
}

/** What a run is doing, by its steps alone: where it goes on once nothing is asked any more. */
export function workingStatus(s: RunState): RunStatus {
  const names = s.steps.map(({ step }) => step)
  if (names.includes('verify')) return 'verifying'
  return names.includes('agent') ? 'running' : 'starting'
}
