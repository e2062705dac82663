import type { RunState } from '@errand/domain'
import type { Mark, TrailMarks } from '../../ui/Trail.tsx'

/** Fired, started, acted, verified: what the events show, never what somebody says. */
export function trailOf(state: RunState): TrailMarks {
  switch (state.status) {
    case 'queued':
      return ['seen', 'todo', 'todo', 'todo']
    case 'starting':
      return ['seen', 'now', 'todo', 'todo']
    case 'running':
      return ['seen', 'seen', 'now', 'todo']
    case 'waiting':
      return ['seen', 'seen', 'flag', 'todo']
    case 'verifying':
      return ['seen', 'seen', hasActed(state) ? 'seen' : 'unchecked', 'now']
    case 'succeeded':
      return succeeded(state)
    case 'cancelled':
      return brokenOff(state, 'stopped')
    case 'failed':
      return state.code === 'verify.failed' ? ['seen', 'seen', 'seen', 'failed'] : brokenOff(state, 'failed')
  }
}

function succeeded(state: RunState): TrailMarks {
  if (!hasActed(state)) return ['seen', 'seen', 'unchecked', 'unchecked']
  return ['seen', 'seen', 'seen', LAST_MARK[state.verdict ?? 'unverified']]
}

const LAST_MARK: Record<NonNullable<RunState['verdict']>, Mark> = {
  verified: 'verified',
  unverified: 'unchecked',
  failed: 'failed',
}

/** The mark that was under way takes the end; those behind it were never reached. */
function brokenOff(state: RunState, end: 'stopped' | 'failed'): TrailMarks {
  return hasStarted(state) ? ['seen', 'seen', end, 'todo'] : ['seen', end, 'todo', 'todo']
}

function hasStarted({ agentStartedAt, steps }: RunState): boolean {
  return agentStartedAt !== null || steps.some(({ step }) => step === 'agent')
}

/**
 * Whether anything was seen to be done: a file changed, a tool was used, a check ran. An agent that only says that it is
 * done has shown nothing. A script names no model; that it ran to its end is its act.
 */
function hasActed({ changes, toolCalls, evidence, model }: RunState): boolean {
  return changes.some(({ files }) => files > 0) || toolCalls > 0 || evidence !== null || model === null
}
