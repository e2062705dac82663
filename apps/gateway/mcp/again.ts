import { type Again, AGAIN_HEADER } from '@errand/contracts'
import type { Call } from '../call.ts'

/** What the runner says of a call; null where it comes for the first time and nothing was cut off before. */
export function againOf({ request: { headers } }: Call): Again | null {
  const said = headers[AGAIN_HEADER]
  if (said === undefined) return null
  // Older runners have one word, for one of these cases.
  return said === 'cut' || said === 'careful' ? said : 'held'
}
