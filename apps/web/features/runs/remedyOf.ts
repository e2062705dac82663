import { moreOf, remediesOf } from '../outcome/remedies.ts'
import { duplicateHref } from '../run/duplicateHref.ts'
import type { ListedRun, RunChange } from './types.ts'

/** What mends a failed run, as something to press in its row. */
type RowRemedy =
  | { readonly kind: 'retry'; readonly label: string; readonly change?: RunChange }
  | { readonly kind: 'go'; readonly href: string; readonly label: string }

/** The first remedy of its reason, if a row can do it; what needs a text or a look is done on the run's page. */
export function remedyOf(run: ListedRun): RowRemedy | null {
  const { code } = run.state
  if (code === null || code === 'run.cancelled') return null
  const [first] = remediesOf(code)
  switch (first.kind) {
    case 'retry':
      return { kind: 'retry', label: 'Retry' }
    case 'more': {
      const more = moreOf(first.of, run)
      return more === null ? null : { kind: 'retry', label: `Retry with ${more.words}`, change: more.change }
    }
    case 'reword':
      return { kind: 'go', href: duplicateHref(run), label: 'Reword the task' }
    case 'open':
      return placeOf(first.place, run)
    case 'mend':
    case 'direct':
      return null
  }
}

function placeOf(place: 'credentials' | 'git-credential' | 'agent' | 'boundary', { agent }: ListedRun): RowRemedy {
  switch (place) {
    case 'credentials':
      return { kind: 'go', href: '/credentials', label: 'Open the credentials' }
    case 'git-credential':
      return { kind: 'go', href: '/credentials', label: 'Open the credentials' }
    case 'agent':
      return { kind: 'go', href: `/agents/${agent}`, label: `Open agent ${agent}` }
    case 'boundary':
      return { kind: 'go', href: '/boundary', label: 'Test this machine' }
  }
}
