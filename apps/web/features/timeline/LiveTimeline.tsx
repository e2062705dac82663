'use client'

import type { Seen } from '../run/live/liveRun.ts'
import type { RunView } from '../run/types.ts'
import { clockWithSeconds } from '../../ui/format/time.ts'
import { useZone } from '../../ui/reader.tsx'

export function LiveTimeline({ live }: { run: RunView; live: Seen }) {
  const zone = useZone()
  return (
    <ol className="tl">
      {live.rows.slice(-200).map((row) => (
        <li className="ev" key={row.seq}>
          <span className="tm">{clockWithSeconds(new Date(row.at), zone)}</span>
          <span />
          <span className="vb">{row.verb}</span>
          <span className="tg">{row.target}</span>
          <span className="rs">{row.result}</span>
        </li>
      ))}
    </ol>
  )
}
