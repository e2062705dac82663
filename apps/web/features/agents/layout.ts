import type { AgentSpec } from '@errand/contracts'
import type { FieldName } from './fields.ts'

export interface Group {
  readonly title: string | null
  readonly fields: readonly FieldName[]
  /** Beside one another. */
  readonly isRow?: boolean
  /** Behind a line that opens. */
  readonly isFolded?: boolean
}

/** The form from top to bottom: first what is changed often. */
export const LAYOUT: readonly Group[] = [
  { title: null, fields: ['systemPrompt', 'script'] },
  { title: null, fields: ['credential', 'model', 'autonomy'], isRow: true },
  { title: null, fields: ['allowedTools'] },
  { title: null, fields: ['mcp'] },
  { title: 'What it may reach on the network', fields: ['network', 'hosts', 'onBlockedHost'] },
  { title: null, fields: ['budgetUsd', 'deadlineMinutes', 'memoryMib'], isRow: true },
  { title: 'Before and after', fields: ['setup', 'verify'] },
  { title: 'Where it works', fields: ['repositories', 'image', 'env', 'description'], isFolded: true },
  {
    title: 'More limits',
    fields: ['noProgressMinutes', 'maxTurns', 'answerMinutes', 'cpus', 'diskMib', 'pids'],
    isRow: true,
    isFolded: true,
  },
  { title: 'Result', fields: ['outputSchema'], isFolded: true },
]

const ONLY_CLAUDE: readonly FieldName[] = [
  'systemPrompt',
  'credential',
  'model',
  'autonomy',
  'allowedTools',
  'mcp',
  'budgetUsd',
  'maxTurns',
  'outputSchema',
]

/** Whether an agent of this kind, as it is now, has such a field to show. */
export function isAsked(spec: AgentSpec, name: FieldName): boolean {
  if (spec.runtime === 'script') return !ONLY_CLAUDE.includes(name)
  if (name === 'script') return false
  if (name === 'allowedTools') return spec.autonomy === 'ask' || (spec.allowedTools ?? []).length > 0
  if (name === 'onBlockedHost') return spec.network === 'trusted' || spec.network === 'custom'
  return name !== 'hosts' || spec.network === 'trusted' || spec.network === 'custom'
}
