import { RUN_FAULTS } from '@errand/contracts'
import type { RouterOutputs } from '../../trpc/types.ts'

export type Run = RouterOutputs['runs']['get']

/** The outcome in one sentence, and whose words it is: an agent's are shown in quotation marks, Errand's own are not. */
export function sentenceOf({ runtime, state }: Pick<Run, 'runtime' | 'state'>): { text: string; isAgents: boolean } {
  const text = state.sentence ?? ''
  if (text === '')
    return { text: state.code === null ? 'It has ended.' : RUN_FAULTS[state.code].words, isAgents: false }
  return { text, isAgents: runtime === 'claude-code' && !isErrands(text, state.code) }
}

/** What the runner says when the agent said nothing (apps/runner/finish.ts), and every reason of the table. */
function isErrands(text: string, code: Run['state']['code']): boolean {
  if (code !== null) return text === RUN_FAULTS[code].words
  return /^The agent finished( and changed \d+ files? in .+)?\.$/.test(text)
}

/** Everything that changed, over all repositories. */
export function changedOf({ changes }: Run['state']): { files: number; added: number; removed: number } {
  const sum = (count: (one: (typeof changes)[number]) => number) => changes.reduce((all, one) => all + count(one), 0)
  return { files: sum((one) => one.files), added: sum((one) => one.added), removed: sum((one) => one.removed) }
}

/** Why it failed, as two or three words behind the state: `Failed: out of memory`, `Failed: setup`. */
export function reasonOf(code: Run['state']['code']): string | undefined {
  if (code === null) return undefined
  const [area = '', reason = ''] = code.split('.')
  if (reason === 'failed') return area
  const isVague = NAMES_ITS_AREA.has(area) || VAGUE.has(code)
  return (isVague ? `${area} ${reason}` : reason).replaceAll('-', ' ')
}

const NAMES_ITS_AREA = new Set(['agent', 'cluster', 'credential', 'image', 'mcp', 'model', 'output', 'setup', 'wall'])
/** Of an area whose other reasons say enough by themselves. */
const VAGUE = new Set<string>(['sandbox.deleted', 'sandbox.impostor', 'sandbox.start-error', 'sandbox.unavailable'])
