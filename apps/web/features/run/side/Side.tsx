'use client'

import type { Seen } from '../live/liveRun.ts'
import type { RunView } from '../types.ts'

export function Side({ run, live }: { run: RunView; live: Seen }) {
  return <aside className="side" aria-label="Beside the timeline" data-seq={live.seq} data-run={run.id} />
}
