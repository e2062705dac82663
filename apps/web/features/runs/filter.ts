import { GROUPS, type GroupName } from './types.ts'

/** What the list of runs is narrowed to. It stands in the address, so a link and a reload keep it. */
export interface RunFilter {
  readonly text: string
  readonly show: GroupName | 'all' | 'archived'
  readonly repository: string | null
  readonly agent: string | null
}

const NAMES = { text: 'q', show: 'show', repository: 'in', agent: 'by' } as const

/** Null: nothing is asked for, and the groups are shown. */
export function filterOf(params: URLSearchParams): RunFilter | null {
  if (!Object.values(NAMES).some((name) => params.has(name))) return null
  return {
    text: params.get(NAMES.text) ?? '',
    show: SHOWS.find((one) => one === params.get(NAMES.show)) ?? 'all',
    repository: params.get(NAMES.repository),
    agent: params.get(NAMES.agent),
  }
}

export const NO_FILTER: RunFilter = { text: '', show: 'all', repository: null, agent: null }

/** `/` for a filter that asks for nothing, unless all runs in one list were asked for (`isList`). */
export function addressOf(filter: RunFilter, isList = false): string {
  const params = new URLSearchParams()
  if (filter.text.trim() !== '') params.set(NAMES.text, filter.text.trim())
  if (filter.repository !== null) params.set(NAMES.repository, filter.repository)
  if (filter.agent !== null) params.set(NAMES.agent, filter.agent)
  if (filter.show !== 'all' || (isList && params.size === 0)) params.set(NAMES.show, filter.show)
  return params.size === 0 ? '/' : `/?${params}`
}

const SHOWS = ['all', ...GROUPS, 'archived'] as const
