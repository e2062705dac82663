'use client'

import type { RunId } from '@errand/contracts'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { Cards } from './cards/Cards.tsx'
import { Head } from './head/Head.tsx'
import { RunParts } from './RunParts.tsx'
import { Steer, SteerDock } from './steer/Steer.tsx'
import { useSteer } from './steer/useSteer.ts'
import { useMarkSeen } from './useMarkSeen.ts'
import { useRun } from './useRun.ts'
import { useRunKeys } from './useRunKeys.ts'
import { useTab } from './useTab.ts'
import type { Seen } from './live/liveRun.ts'
import type { RunView } from './types.ts'

/** The page of one run, while it goes on and afterwards. */
export function Run({ runId }: { runId: RunId }) {
  const { run, live, error, retry } = useRun(runId)
  if (run !== undefined) return <Known run={run} live={live} />
  if (error === null) return <LoadingRows of="Reading the run" />
  return (
    <>
      <h1>This run cannot be shown</h1>
      <ErrorInPlace error={error} retry={retry} />
    </>
  )
}

function Known({ run, live }: { run: RunView; live: Seen }) {
  const [tab, openTab] = useTab(run)
  const steering = useSteer(run)
  useRunKeys(run, openTab)
  useMarkSeen(run)
  return (
    <>
      <Head run={run} />
      <RunParts
        run={run}
        live={live}
        tab={tab}
        onTab={openTab}
        cards={<Cards run={run} rows={live.rows} />}
        steer={<Steer run={run} steering={steering} />}
      />
      <SteerDock steering={steering} />
    </>
  )
}
