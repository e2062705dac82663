import { FAULTS } from '@errand/contracts'
import type { ListedRun } from './types.ts'

/** What mends a failed run, as something to press. */
export type Remedy =
  | { readonly kind: 'retry'; readonly label: string }
  | { readonly kind: 'go'; readonly href: string; readonly label: string }

export function remedyOf({ state }: ListedRun): Remedy | null {
  switch (state.code) {
    case null:
    case 'run.cancelled':
    case 'verify.failed':
      return null
    case 'credential.missing':
    case 'model.unauthorized':
      return { kind: 'go', href: '/credentials', label: 'Set the key' }
    case 'repository.clone-failed':
    case 'repository.push-failed':
      return { kind: 'go', href: '/credentials', label: 'Check the git credential' }
    case 'sandbox.unavailable':
      return { kind: 'go', href: '/boundary', label: 'Test this machine' }
    case 'setup.failed':
    case 'output.invalid':
    case 'agent.turns':
      return { kind: 'go', href: `/agents/${state.agent}`, label: `Change ${state.agent}` }
    default:
      return FAULTS[state.code].retry ? { kind: 'retry', label: 'Retry' } : null
  }
}
