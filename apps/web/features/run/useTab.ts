'use client'

import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { firstTab, type RunTab, tabNamed } from './tabs.ts'
import type { RunView } from './types.ts'

/** The tab stands in the address. Who asked for none keeps the one that was opened, even when the run ends meanwhile. */
export function useTab(run: RunView): readonly [RunTab, (tab: RunTab) => void] {
  const router = useRouter()
  const path = usePathname()
  const [first] = useState(() => firstTab(run))
  const tab = tabNamed(useSearchParams().get('tab')) ?? first
  return [tab, (next) => router.replace(`${path}?tab=${next}`, { scroll: false })]
}
