'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { firstTab, type RunTab, tabNamed } from './tabs.ts'
import type { RunView } from './types.ts'

/** The tab stands in the address. Who asked for none keeps the one that was opened, even when the run ends meanwhile. */
export function useTab(run: RunView): readonly [RunTab, (tab: RunTab) => void] {
  const path = usePathname()
  const [first] = useState(() => firstTab(run))
  const tab = tabNamed(useSearchParams().get('tab')) ?? first
  // The address alone: nothing that the server knows depends on it.
  return [tab, (next) => window.history.pushState(null, '', `${path}?tab=${next}`)]
}
