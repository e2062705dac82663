import type { RunEventBody } from '@errand/contracts'
import { isTalkRedundant } from './asking.ts'
import { isPullRedundant } from '../pull/foldPull.ts'
import { isTerminal, type RunState } from './state.ts'

/**
 * Whether a change of the state could lead `plan` to other steps than those that its writer takes itself. Most events do
 * not: text, tools and usage stream past without a reconcile, and of a runner that reports nothing follows before its run
 * is over. `soon`: it is, and its sandbox ends by itself, which is told; one that does not is looked for a moment later.
 * `gone` means that nothing is left to do and that the run's place is free.
 */
export function wakeAfter(before: RunState, after: RunState): 'none' | 'now' | 'soon' | 'gone' {
  if (before.goneAt === null && after.goneAt !== null) return 'gone'
  if (isTerminal(before.status)) return 'none'
  if (isTerminal(after.status)) return after.runnerStartedAt === null ? 'now' : 'soon'
  const isSame = before.cancelRequestedAt === after.cancelRequestedAt && before.questions === after.questions
  return isSame ? 'none' : 'now'
}

/**
 * True for an event that says again what is known and can happen only once: a second outcome, a second admission.
 * Such an event is left out of the log, so that a log has one outcome whoever raced for it.
 */
export function isRedundant(state: RunState, body: RunEventBody): boolean {
  switch (body.type) {
    case 'run.finished':
    case 'run.ended':
      return isTerminal(state.status)
    case 'run.admitted':
      return state.admittedAt !== null || isTerminal(state.status)
    case 'sandbox.waiting':
      return state.runnerStartedAt !== null || isTerminal(state.status) || isSameWait(state, body)
    case 'sandbox.placed':
      return state.goneAt !== null || isSamePlace(state, body)
    case 'cancel.requested':
      return isTerminal(state.status) || state.cancelRequestedAt !== null
    case 'budget.reached':
      return state.isBudgetReached
    case 'sandbox.gone':
      return state.goneAt !== null
    case 'question.asked':
    case 'question.answered':
    case 'question.expired':
    case 'host.asked':
    case 'host.allowed':
    case 'mcp.asked':
    case 'sign-in.asked':
    case 'sign-in.done':
    case 'note.sent':
    case 'note.removed':
    case 'note.delivered':
      return isTalkRedundant(state, body)
    case 'pull.opened':
    case 'pull.changed':
      return isPullRedundant(state.pulls, body)
    default:
      return false
  }
}

function isSamePlace({ placed }: RunState, body: Extract<RunEventBody, { type: 'sandbox.placed' }>): boolean {
  return placed !== null && (placed.images !== null || body.images === undefined)
}

function isSameWait({ waitingFor }: RunState, body: Extract<RunEventBody, { type: 'sandbox.waiting' }>): boolean {
  if (waitingFor === null) return body.code === null
  return waitingFor.code === body.code && waitingFor.detail === (body.detail ?? null)
}
