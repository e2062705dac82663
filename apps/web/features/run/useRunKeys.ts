'use client'

import { isTerminal } from '@errand/domain'
import { CopyPlus, RotateCcw, Square } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCommands } from '../shell/commands.tsx'
import { useKeys } from '../shell/keys.ts'
import { duplicateHref } from './duplicateHref.ts'
import { focusFirst } from './focusFirst.ts'
import { useRetry } from './head/RetryButton.tsx'
import { useStop } from './head/StopButton.tsx'
import { RUN_TABS, type RunTab, TAB_NAMES } from './tabs.ts'
import type { RunView } from './types.ts'

/** The keys of a run's page, and what ⌘K offers there. */
export function useRunKeys(run: RunView, openTab: (tab: RunTab) => void): void {
  const router = useRouter()
  const stop = useStop(run)
  const retry = useRetry(run.id)
  const isOver = isTerminal(run.state.status)
  const retryNow = () => {
    if (isOver) retry.now()
  }
  useKeys({
    t: () => openTab('timeline'),
    d: () => openTab('changes'),
    a: () => openTab('artifacts'),
    r: retryNow,
    s: () => focusFirst('.steer textarea'),
    n: () => focusFirst('[data-question]'),
    'shift+s': stop.now,
  })
  useCommands([
    isOver
      ? { id: 'run.retry', name: 'Retry this run', icon: RotateCcw, keys: 'r', run: retry.now }
      : { id: 'run.stop', name: 'Stop this run', icon: Square, keys: '⇧S', run: stop.now },
    { id: 'run.duplicate', name: 'Duplicate this run', icon: CopyPlus, run: () => router.push(duplicateHref(run)) },
    ...RUN_TABS.map((tab) => ({
      id: `run.${tab}`,
      name: `Show ${TAB_NAMES[tab].toLowerCase()} of this run`,
      run: () => openTab(tab),
    })),
  ])
}
