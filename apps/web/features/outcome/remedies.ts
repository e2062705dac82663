import type { RunFaultCode, RunChange, RunEndCode } from '@errand/contracts'
import { money } from '../../ui/format/amount.ts'
import { duration } from '../../ui/format/time.ts'
import type { Run } from './outcomeOf.ts'

export type More = 'memory' | 'time' | 'budget' | 'turns'
type Place = 'credentials' | 'git-credential' | 'agent' | 'boundary'

/** What can be pressed after a failure. Each does what it says, in one press. */
export type Remedy =
  /** The same once more. */
  | { readonly kind: 'retry' }
  /** The same with twice of what ran out; on the branch where there is one, so that nothing is done twice. */
  | { readonly kind: 'more'; readonly of: More }
  /** A follow-up that is told what the check said. */
  | { readonly kind: 'mend' }
  /** A follow-up with a person's words. */
  | { readonly kind: 'direct' }
  /** The composer, filled in as it was. */
  | { readonly kind: 'reword' }
  | { readonly kind: 'open'; readonly place: Place }

const retry: Remedy = { kind: 'retry' }
const reword: Remedy = { kind: 'reword' }
const direct: Remedy = { kind: 'direct' }
const more = (of: More): Remedy => ({ kind: 'more', of })
const open = (place: Place): Remedy => ({ kind: 'open', place })

/** For every reason a run can end with, what is offered; the first is the remedy. */
export const REMEDIES: Readonly<Record<RunEndCode, readonly [Remedy, ...Remedy[]]>> = {
  'run.cancelled': [retry, direct],
  'run.deadline': [more('time'), retry],
  'run.budget': [more('budget'), retry],
  'run.no-progress': [reword, more('time'), retry],
  'run.never-started': [retry, open('boundary')],
  'run.lost': [retry],
  'sandbox.unavailable': [open('boundary'), retry],
  'sandbox.out-of-memory': [more('memory'), retry, open('agent')],
  'sandbox.disk-full': [retry, open('boundary')],
  'sandbox.evicted': [retry, open('agent')],
  'sandbox.node-gone': [retry],
  'sandbox.start-error': [open('agent'), retry],
  'sandbox.deleted': [retry],
  'sandbox.impostor': [open('boundary'), retry],
  'image.unusable': [open('agent'), retry],
  'image.slow': [retry, open('agent')],
  'cluster.unschedulable': [open('agent'), retry],
  'cluster.quota': [retry, open('agent')],
  'cluster.queue': [retry],
  'cluster.denied': [open('agent'), retry],
  'cluster.unreachable': [retry, open('boundary')],
  'wall.open': [open('boundary'), retry],
  'wall.blocked': [open('boundary'), retry],
  'repository.clone-failed': [open('git-credential'), retry],
  'repository.branch-missing': [reword, retry],
  'repository.push-failed': [open('git-credential'), retry],
  'setup.failed': [open('agent'), retry],
  'verify.failed': [{ kind: 'mend' }, direct, retry],
  'script.failed': [reword, retry],
  'credential.missing': [open('credentials'), retry],
  'model.unauthorized': [open('credentials'), retry],
  'model.refused': [reword, open('agent')],
  'model.unavailable': [retry, open('credentials')],
  'model.rejected': [open('agent'), reword, retry],
  'agent.failed': [direct, retry],
  'agent.crashed': [retry],
  'agent.stuck': [retry],
  'agent.turns': [more('turns'), open('agent')],
  'output.invalid': [open('agent'), retry],
  'mcp.unavailable': [retry],
  'mcp.not-signed-in': [retry],
}

/** Also for a code that ends no run by itself, should one come from elsewhere. */
export function remediesOf(code: RunFaultCode): readonly [Remedy, ...Remedy[]] {
  return endsRun(code) ? REMEDIES[code] : [retry, reword]
}

/** Not asked of the table of faults: the words of all of them would come with the list of runs. */
function endsRun(code: RunFaultCode): code is RunEndCode {
  return code in REMEDIES
}

/** What a press asks for, and how the button says it. Null where there is no limit that could be raised. */
export function moreOf(
  what: More,
  { limits, budgetUsd, runtime }: Pick<Run, 'limits' | 'budgetUsd' | 'runtime'>,
): { readonly change: RunChange; readonly words: string } | null {
  switch (what) {
    case 'memory': {
      const memoryMib = limits.memoryMib * 2
      return { change: { memoryMib }, words: memory(memoryMib) }
    }
    case 'time': {
      const deadlineMinutes = Math.min(limits.deadlineMinutes * 2, LONGEST_MINUTES)
      return { change: { deadlineMinutes }, words: duration(deadlineMinutes * 60_000) }
    }
    case 'budget': {
      if (budgetUsd === null) return null
      return { change: { budgetUsd: budgetUsd * 2 }, words: money(budgetUsd * 2) }
    }
    case 'turns': {
      if (runtime === 'script' || limits.maxTurns === null) return null
      return { change: { maxTurns: limits.maxTurns * 2 }, words: `${limits.maxTurns * 2} turns` }
    }
  }
}

const LONGEST_MINUTES = 1440

function memory(mib: number): string {
  return mib % 1024 === 0 ? `${mib / 1024} GiB` : `${mib} MiB`
}

/** Whether its work is on a branch that another run can begin on. */
export function hasBranch({ state }: Pick<Run, 'state'>): boolean {
  return state.changes.some(({ branch }) => branch !== null)
}

/** What the follow-up is told when the check did not hold. */
export function mendText({ evidence }: Run['state']): string {
  if (evidence === null) return 'The check did not hold. Find out why and mend it.'
  const output = evidence.output.trimEnd()
  const end = `It ended with exit code ${evidence.exitCode}${output === '' ? '.' : `; its last output was:\n\n${output}`}`
  return `Make \`${evidence.command}\` pass. ${end}`
}
