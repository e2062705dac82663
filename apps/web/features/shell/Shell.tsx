'use client'

import { usePathname } from 'next/navigation'
import { type ReactNode, Suspense, useState } from 'react'
import { lazy } from '../../ui/lazy.ts'
import { CommandProvider } from './commands.tsx'
import { OfflineLine } from './OfflineLine.tsx'
import { Rail } from './Rail.tsx'
import { TabBar } from './TabBar.tsx'
import { TopBar } from './TopBar.tsx'
import { useNeedsYou } from './useNeedsYou.ts'
import { usePlaceKeys } from './usePlaceKeys.ts'
import { NoWallLine } from './WallLink.tsx'
import { useZoneCookie } from './useZoneCookie.ts'

const KeyboardList = lazy(() => import('./KeyboardList.tsx').then(({ KeyboardList: it }) => ({ default: it })))
const Palette = lazy(() => import('../palette/Palette.tsx').then(({ Palette: it }) => ({ default: it })))

/** The frame of every page of somebody who is signed in. */
export function Shell({ children }: { children: ReactNode }) {
  const path = usePathname()
  const needsYou = useNeedsYou()
  const [open, setOpen] = useState<'palette' | 'keys' | null>(null)
  const close = () => setOpen(null)
  const find = () => setOpen('palette')
  const showKeys = () => setOpen('keys')
  usePlaceKeys({ find, showKeys })
  useZoneCookie()
  return (
    <CommandProvider>
      <div className="app">
        <Rail path={path} needsYou={needsYou} onFind={find} onKeys={showKeys} />
        <TopBar onFind={find} />
        <div className="page">
          <OfflineLine />
          <NoWallLine />
          <main id="main">{children}</main>
        </div>
        <TabBar path={path} needsYou={needsYou} />
      </div>
      {open === 'keys' ? (
        <Suspense>
          <KeyboardList onClose={close} />
        </Suspense>
      ) : null}
      {open === 'palette' ? (
        <Suspense>
          <Palette onClose={close} onKeys={showKeys} />
        </Suspense>
      ) : null}
    </CommandProvider>
  )
}
