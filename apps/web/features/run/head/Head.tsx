'use client'

import { isTerminal, titleOf } from '@errand/domain'
import { ArrowLeft, ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { StateLabel } from '../../../ui/StateLabel.tsx'
import { repositoryName } from '../repositoryName.ts'
import { stateOf } from '../stateOf.ts'
import type { RunView } from '../types.ts'
import { Facts } from './Facts.tsx'
import { MoreMenu } from './MoreMenu.tsx'
import { RetryButton } from './RetryButton.tsx'
import { ShareButton } from './ShareButton.tsx'
import { StopButton } from './StopButton.tsx'
import { TrailSteps } from './TrailSteps.tsx'

/** What the run is, how it stands, and what can be done with it. On phones state and Stop are in the top bar. */
export function Head({ run }: { run: RunView }) {
  const isOver = isTerminal(run.state.status)
  const [repository] = run.repositories
  return (
    <>
      <header className="topbar run" aria-label="This run">
        <Link className="ib" href="/" aria-label="Back to the runs">
          <ArrowLeft className="i" aria-hidden="true" />
        </Link>
        <StateLabel state={stateOf(run.state)} />
        <span className="sp" />
        {isOver ? null : <StopButton run={run} />}
        <MoreMenu run={run} bare />
      </header>
      <p className="crumb no-phone">
        <Link href="/">Runs</Link>
        <ChevronRight className="i s" aria-hidden="true" />
        {repository === undefined ? run.agent : repositoryName(repository)}
      </p>
      <div className="head">
        <h1>{titleOf(run.prompt)}</h1>
        <div className="acts no-phone">
          {isOver ? <RetryButton run={run} /> : <StopButton run={run} />}
          <ShareButton />
          <MoreMenu run={run} />
        </div>
      </div>
      <Facts run={run} />
      <TrailSteps run={run} />
    </>
  )
}
