import { CircleCheck, OctagonX } from 'lucide-react'
import { FAULTS } from '@errand/contracts'
import { Words } from '../../../ui/Words.tsx'
import type { Server } from '../types.ts'

/** What the last handshake brought, in words; where it failed, what to do. */
export function TestWords({ server: { lastTest } }: { server: Server }) {
  if (lastTest === null) return null
  return (
    <div className={lastTest.ok ? 'callout proof top' : 'callout top'} role="status">
      {lastTest.ok ? (
        <CircleCheck className="i" aria-hidden="true" />
      ) : (
        <OctagonX className="i fault" aria-hidden="true" />
      )}
      <span>
        <b>{lastTest.ok ? 'The test worked.' : 'The test did not work.'}</b> <Words>{lastTest.words}</Words>{' '}
        {lastTest.code === null || lastTest.ok ? null : <Words>{FAULTS[lastTest.code].remedy}</Words>}
        {lastTest.isOutdated ? ' That was before it was changed; test it again.' : ''}
      </span>
    </div>
  )
}
