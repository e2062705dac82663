import type { CheckState } from '@errand/contracts'
import type { Paint } from './paint.ts'
import { plain } from './text.ts'

interface Shown {
  readonly number: number
  readonly title: string
  readonly url: string
  readonly state: string
  readonly branch: string
  readonly base: string
  readonly checks: readonly { readonly name: string; readonly state: CheckState; readonly url: string | null }[]
  readonly trouble: { readonly words: string; readonly remedy: string } | null
}

const MARKS: Record<CheckState, string> = { passed: '✓', failed: '✗', running: '…', waiting: '·', skipped: '-' }

/** The address first and alone on its line, so that a shell can take it. */
export function pullLines(pull: Shown, paint: Paint): readonly string[] {
  return [
    plain(pull.url),
    `  #${pull.number} ${plain(pull.title)}  ${paint.dim(`${pull.state}, ${plain(pull.branch)} into ${plain(pull.base)}`)}`,
    ...pull.checks.map(({ name, state }) => `  ${coloured(state, paint)} ${plain(name)} ${paint.dim(state)}`),
    ...(pull.trouble === null ? [] : [paint.yellow(`! ${plain(pull.trouble.words)} ${plain(pull.trouble.remedy)}`)]),
  ]
}

function coloured(state: CheckState, paint: Paint): string {
  const mark = MARKS[state]
  if (state === 'failed') return paint.red(mark)
  return state === 'passed' ? paint.green(mark) : paint.dim(mark)
}
