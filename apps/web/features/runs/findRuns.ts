import type { RunFilter } from './filter.ts'
import { groupOf } from './placeRows.ts'
import { GROUP_WORDS, type ListedRun } from './types.ts'

export const SHOW_WORDS: Readonly<Record<RunFilter['show'], string>> = {
  all: 'All runs',
  ...GROUP_WORDS,
  archived: 'Archived',
}

/** What a saved filter is called: `Running in acme/app: “redis”`. */
export function filterWords({ text, show, repository, agent }: RunFilter): string {
  const where = repository === null ? '' : ` in ${repository}`
  const who = agent === null ? '' : ` by ${agent}`
  const what = text.trim() === '' ? '' : `: “${text.trim()}”`
  return `${SHOW_WORDS[show]}${where}${who}${what}`
}

/** How the server is asked; what it cannot tell apart (seen or not) is sifted by `isShown`. */
export function searchOf({ text, show, repository, agent }: RunFilter) {
  const status = STATUSES[show]
  return {
    ...(text.trim() === '' ? {} : { text: text.trim() }),
    ...(status === null ? {} : { status: [...status] }),
    ...(repository === null ? {} : { repository }),
    ...(agent === null ? {} : { agent }),
    archive: show === 'archived' ? ('archived' as const) : show === 'all' ? ('all' as const) : ('kept' as const),
  }
}

export function isShown(run: ListedRun, show: RunFilter['show']): boolean {
  if (show === 'all') return true
  return show === 'archived' ? run.isArchived : groupOf(run) === show
}

const OVER = ['succeeded', 'failed', 'cancelled'] as const
const STATUSES = {
  all: null,
  needs: ['waiting'],
  review: OVER,
  running: ['starting', 'running', 'verifying'],
  queued: ['queued'],
  done: OVER,
  archived: OVER,
} as const satisfies Record<RunFilter['show'], readonly ListedRun['state']['status'][] | null>
