import { GitMerge, GitPullRequest, GitPullRequestClosed, GitPullRequestDraft, type LucideIcon } from 'lucide-react'
import type { RouterOutputs } from '../../trpc/types.ts'
import { counted } from '../../ui/format/amount.ts'

export type Pull = RouterOutputs['pullRequests']['list'][number]

export const PULL_STATES: Record<Pull['state'], { readonly word: string; readonly icon: LucideIcon }> = {
  draft: { word: 'Draft', icon: GitPullRequestDraft },
  open: { word: 'Open', icon: GitPullRequest },
  merged: { word: 'Merged', icon: GitMerge },
  closed: { word: 'Closed', icon: GitPullRequestClosed },
}

/** What its checks come to. Green only where every one that ran has held. */
export function checksWords(checks: Pull['checks']): {
  readonly words: string
  readonly tone: '' | 'proof' | 'fault' | 'live'
} {
  const ran = checks.filter(({ state }) => state !== 'skipped')
  const of = (...states: readonly string[]) => ran.filter(({ state }) => states.includes(state)).length
  if (ran.length === 0) return { words: checks.length === 0 ? 'no checks' : 'every check was skipped', tone: '' }
  const failed = of('failed')
  if (failed > 0) return { words: `${failed} of ${counted(ran.length, 'check')} failed`, tone: 'fault' }
  const open = of('running', 'waiting')
  if (open > 0)
    return { words: `${of('passed')} of ${counted(ran.length, 'check')} passed, ${open} not yet`, tone: 'live' }
  return { words: ran.length === 1 ? 'its check passed' : `all ${ran.length} checks passed`, tone: 'proof' }
}

/** Work that a pull request can be opened for: pushed, and to a host. */
export function pushedToHost(
  changes: readonly { readonly repository: string; readonly branch: string | null }[],
): readonly { readonly repository: string; readonly branch: string }[] {
  return changes.flatMap(({ repository, branch }) =>
    branch !== null && /^https?:/.test(repository) ? [{ repository, branch }] : [],
  )
}
