'use client'

import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { Rail } from './Rail.tsx'
import { TabBar } from './TabBar.tsx'
import { TopBar } from './TopBar.tsx'

/** The frame of every page of somebody who is signed in. */
export function Shell({ children }: { children: ReactNode }) {
  const path = usePathname()
  return (
    <div className="app">
      <Rail path={path} />
      <TopBar />
      <main id="main">{children}</main>
      <TabBar path={path} />
    </div>
  )
}
