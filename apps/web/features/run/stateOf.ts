import type { RunState } from '@errand/domain'
import type { StateName } from '../../ui/states.ts'

type Told = Pick<RunState, 'status' | 'verdict' | 'code'> & {
  readonly questions: readonly { readonly kind: RunState['questions'][number]['kind'] }[]
}

/** The state in the words of the pages: what a status alone does not say is why it ended, and who it waits for. */
export function stateOf(state: Told): StateName {
  switch (state.status) {
    case 'queued':
    case 'starting':
    case 'running':
    case 'verifying':
      return state.status
    case 'waiting':
      return OF_QUESTION[state.questions[0]?.kind ?? 'tool']
    case 'cancelled':
      return 'stopped'
    case 'succeeded':
      return OF_VERDICT[state.verdict ?? 'unverified']
    case 'failed':
      return failedState(state.code)
  }
}

const OF_QUESTION = { tool: 'question', host: 'host', 'sign-in': 'sign-in' } as const

const OF_VERDICT = { verified: 'verified', unverified: 'unchecked', failed: 'checks-failed' } as const

function failedState(code: RunState['code']): StateName {
  switch (code) {
    case 'run.deadline':
      return 'timed-out'
    case 'run.budget':
      return 'budget'
    case 'verify.failed':
      return 'checks-failed'
    default:
      return 'failed'
  }
}
