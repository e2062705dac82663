import { isTerminal } from '@errand/domain'
import type { RunView } from './types.ts'

export const RUN_TABS = ['timeline', 'changes', 'artifacts', 'logs', 'network', 'usage', 'audit'] as const
export type RunTab = (typeof RUN_TABS)[number]

export const TAB_NAMES: Readonly<Record<RunTab, string>> = {
  timeline: 'Timeline',
  changes: 'Changes',
  artifacts: 'Artifacts',
  logs: 'Logs',
  network: 'Network',
  usage: 'Usage',
  audit: 'Audit',
}

/** Of a run that is over the result comes first. */
const WHEN_OVER: readonly RunTab[] = ['changes', 'artifacts', 'usage', 'timeline', 'logs', 'network', 'audit']

export function tabOrder({ state }: Pick<RunView, 'state'>): readonly RunTab[] {
  return isTerminal(state.status) ? WHEN_OVER : RUN_TABS
}

/** What one sees who asked for none: what is going on, or what came of it. */
export function firstTab({ state }: Pick<RunView, 'state'>): RunTab {
  if (state.status !== 'succeeded') return 'timeline'
  if (state.changes.some(({ files }) => files > 0)) return 'changes'
  return state.artifacts > 0 ? 'artifacts' : 'timeline'
}

export function tabNamed(name: string | null): RunTab | null {
  return RUN_TABS.find((tab) => tab === name) ?? null
}
