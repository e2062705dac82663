'use client'

import type { RouterOutputs } from '../../trpc/types.ts'
import { Code } from '../../ui/Code.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { counted } from '../../ui/format/amount.ts'

/** What the run changed in each repository. */
export function Changes({ run }: { run: RouterOutputs['runs']['get'] }) {
  const { changes } = run.state
  if (changes.length === 0)
    return <Empty title="Nothing changed">What a run changes in a repository will be here.</Empty>
  return (
    <ul className="list top">
      {changes.map((one) => (
        <li key={one.repository}>
          <Code>{one.repository}</Code>
          <span className="small two">{counted(one.files, 'file')}</span>
        </li>
      ))}
    </ul>
  )
}
