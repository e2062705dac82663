'use client'

import { isTerminal } from '@errand/domain'
import { type ReactNode } from 'react'
import { Arriving } from '../../ui/Arriving.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { type Tab, Tabs } from '../../ui/Tabs.tsx'
import { lazy } from '../../ui/lazy.ts'
import type { Seen } from './live/liveRun.ts'
import { type RunTab, TAB_NAMES, tabOrder } from './tabs.ts'
import type { RunView } from './types.ts'

// The head is in the first load; each part comes when it is opened.
const LiveTimeline = lazy(() =>
  import('../timeline/LiveTimeline.tsx').then(({ LiveTimeline: it }) => ({ default: it })),
)
const Side = lazy(() => import('./side/Side.tsx').then(({ Side: it }) => ({ default: it })))
const Outcome = lazy(() => import('../outcome/Outcome.tsx').then(({ Outcome: it }) => ({ default: it })))
const Reproduction = lazy(() => import('../outcome/Reproduction.tsx').then(({ Reproduction: it }) => ({ default: it })))
const Changes = lazy(() => import('../changes/Changes.tsx').then(({ Changes: it }) => ({ default: it })))
const Logs = lazy(() => import('./tabs/Logs.tsx').then(({ Logs: it }) => ({ default: it })))
const Network = lazy(() => import('./tabs/Network.tsx').then(({ Network: it }) => ({ default: it })))
const Usage = lazy(() => import('./tabs/Usage.tsx').then(({ Usage: it }) => ({ default: it })))
const Audit = lazy(() => import('./tabs/Audit.tsx').then(({ Audit: it }) => ({ default: it })))
const Artifacts = lazy(() => import('../artifacts/Artifacts.tsx').then(({ Artifacts: it }) => ({ default: it })))

interface RunPartsProps {
  readonly run: RunView
  readonly live: Seen
  readonly tab: RunTab
  readonly onTab: (tab: RunTab) => void
  /** What asks for an answer; stands above whatever tab is open. */
  readonly cards: ReactNode
  /** What a person tells the agent; stands below the timeline. */
  readonly steer: ReactNode
}

export function RunParts(props: RunPartsProps) {
  const { run, live, tab, cards, steer } = props
  return (
    <>
      {isTerminal(run.state.status) ? (
        <Arriving fallback={<LoadingRows of="Reading the outcome" rows={1} />}>
          <Outcome run={run} />
        </Arriving>
      ) : null}
      <Tabs name="Parts of this run" tabs={tabOrder(run).map((one) => tabOf(one, props))} />
      {tab === 'timeline' ? (
        <div className="cols">
          <div>
            {cards}
            <Arriving fallback={<LoadingRows of="Reading the timeline" />}>
              <LiveTimeline run={run} live={live} />
            </Arriving>
            {steer}
          </div>
          <Arriving>
            <Side run={run} live={live} />
          </Arriving>
        </div>
      ) : (
        <div className="part">
          {cards}
          <Arriving fallback={<LoadingRows of={`Reading: ${TAB_NAMES[tab].toLowerCase()}`} />}>
            <Part {...props} />
          </Arriving>
        </div>
      )}
    </>
  )
}

function tabOf(one: RunTab, { run, live, tab, onTab }: RunPartsProps): Tab {
  return {
    href: `/runs/${run.id}?tab=${one}`,
    name: TAB_NAMES[one],
    count: countOf(one, run, live),
    isHere: one === tab,
    onOpen: () => onTab(one),
  }
}

function countOf(tab: RunTab, { state }: RunView, { hosts }: Seen): number | string | undefined {
  switch (tab) {
    case 'changes':
      return state.changes.reduce((sum, { files }) => sum + files, 0) || undefined
    case 'artifacts':
      return state.artifacts || undefined
    case 'network': {
      const refused = hosts.filter(({ isAllowed }) => !isAllowed).length
      return refused === 0 ? undefined : `${refused} refused`
    }
    default:
      return undefined
  }
}

const OF_EVENTS: readonly RunTab[] = ['network', 'usage', 'audit']

function Part({ run, live, tab }: RunPartsProps) {
  // Before the events are here, nothing is known: not even that there is nothing.
  if (live.phase === 'reading' && OF_EVENTS.includes(tab)) return <LoadingRows of="Reading the events" />
  switch (tab) {
    case 'changes':
      return <Changes run={run} />
    case 'artifacts':
      return <Artifacts run={run} />
    case 'logs':
      return <Logs run={run} isOver={live.phase === 'over'} />
    case 'network':
      return <Network run={run} hosts={live.hosts} />
    case 'usage':
      return (
        <>
          <Usage run={run} usage={live.usage} />
          <Reproduction run={run} />
        </>
      )
    case 'audit':
      return <Audit deeds={live.deeds} />
    case 'timeline':
      return null
  }
}
