import type { RouterInputs, RouterOutputs } from '../../trpc/types.ts'

export type Groups = RouterOutputs['runs']['groups']
export type ListedRun = RouterOutputs['runs']['rows'][number]
export type RunId = ListedRun['id']
/** What a retry may have more of than the run before it. */
export type RunChange = NonNullable<RouterInputs['runs']['retry']['change']>
export type GroupName = RouterInputs['runs']['group']['group']

/** In the order in which they are shown. */
export const GROUPS = ['needs', 'review', 'running', 'queued', 'done'] as const satisfies readonly GroupName[]

export const GROUP_WORDS: Readonly<Record<GroupName, string>> = {
  needs: 'Needs you',
  review: 'Ready for review',
  running: 'Running',
  queued: 'Queued',
  done: 'Done',
}

/** How many rows of each group the first page holds. */
export const FIRST_ROWS = 20
