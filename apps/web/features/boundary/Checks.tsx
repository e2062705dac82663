import { Check, X } from 'lucide-react'
import type { RouterOutputs } from '../../trpc/types.ts'
import { happenedWords } from './happened.ts'

type Checked = NonNullable<RouterOutputs['system']['boundary']>['report']['boundary'][number]

/** What was tried and what happened, line by line; what went wrong first. */
export function Checks({ checks }: { checks: readonly Checked[] }) {
  const inOrder = checks.toSorted((a, b) => Number(a.ok) - Number(b.ok))
  return (
    <ul className="probe">
      {inOrder.map(({ name, ok, tried, happened }) => (
        <li key={name}>
          {ok ? <Check className="i proof" aria-hidden="true" /> : <X className="i fault" aria-hidden="true" />}
          <span>
            <b>{name}</b>
            {ok ? null : <span className="vh"> (not as it must be)</span>}
            <span className="three below">{tried}</span>
          </span>
          <span className={ok ? 'v' : 'v fault'} title={happened}>
            {happenedWords(happened)}
          </span>
        </li>
      ))}
    </ul>
  )
}
