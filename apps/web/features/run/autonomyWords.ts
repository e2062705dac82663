import type { Autonomy } from '@errand/contracts'

/** How much an agent does without a person's word: as a choice, and of a run that has it. */
export const AUTONOMY_NAMES: Readonly<Record<Autonomy, string>> = {
  edit: 'Edit freely',
  ask: 'Ask when risky',
  plan: 'Plan first',
}
export const AUTONOMY_WORDS: Readonly<Record<Autonomy, string>> = {
  edit: 'edits freely',
  ask: 'asks when risky',
  plan: 'plans first',
}
