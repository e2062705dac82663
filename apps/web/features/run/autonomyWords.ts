import type { Autonomy } from '@errand/contracts'

/** How much an agent does without a person's word, in two. */
export const AUTONOMY_WORDS: Readonly<Record<Autonomy, string>> = {
  edit: 'edits freely',
  ask: 'asks when risky',
  plan: 'plans first',
}
