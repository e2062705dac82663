'use client'

import { titleOf } from '@errand/domain'
import { StateIcon } from '../../ui/StateLabel.tsx'
import { Trail } from '../../ui/Trail.tsx'
import type { Outgoing } from './outgoing.ts'

/** What was sent off a moment ago, in the place where its run will stand. */
export function OutgoingRows({ outgoing }: { outgoing: readonly Outgoing[] }) {
  return outgoing.map(({ key, prompt, repositories, attempts }) => (
    <li key={key} className="row" aria-busy="true">
      <StateIcon state="queued" />
      <div className="b">
        <span className="t">{titleOf(prompt)}</span>
        <span className="l">{attempts === 1 ? 'On its way' : `On its way, ${attempts} times`}</span>
      </div>
      <div className="mt">
        <span className="w">{repositories[0] ?? ''}</span>
        <Trail marks={['now', 'todo', 'todo', 'todo']} />
        <span className="m" />
        <span className="m age" />
      </div>
    </li>
  ))
}
