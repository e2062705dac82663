'use client'

import { Clock } from '../../../ui/Time.tsx'
import { LoadingRows } from '../../../ui/LoadingRows.tsx'
import type { Deed } from '../live/auditFold.ts'

/** Who did what when: persons and Errand's own parts. */
export function Audit({ deeds }: { deeds: readonly Deed[] }) {
  if (deeds.length === 0) return <LoadingRows of="Reading the events" />
  return (
    <section aria-label="Audit">
      <table className="tbl">
        <thead>
          <tr>
            <th>Time</th>
            <th>Who</th>
            <th>What</th>
          </tr>
        </thead>
        <tbody>
          {deeds.map((deed) => (
            <tr key={deed.seq}>
              <td className="nw">
                <Clock at={deed.at} seconds />
              </td>
              <td className="nw" data-h="Who">
                {deed.who}
              </td>
              <td data-h="What" className="words">
                {deed.what}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
