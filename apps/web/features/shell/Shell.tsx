'use client'

import { usePathname } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { later } from '../../ui/later.tsx'
import { useToasts } from '../../ui/Toasts.tsx'
import { CommandProvider } from './commands.tsx'
import { OfflineLine } from './OfflineLine.tsx'
import { Rail } from './Rail.tsx'
import { TabBar } from './TabBar.tsx'
import { TopBar } from './TopBar.tsx'
import { useNeedsYou } from './useNeedsYou.ts'
import { usePlaceKeys } from './usePlaceKeys.ts'
import { NoWallLine } from './WallLink.tsx'
import { useZoneCookie } from './useZoneCookie.ts'

const KeyboardList = later(() => import('./KeyboardList.tsx').then((it) => it.KeyboardList))
const Palette = later(() => import('../palette/Palette.tsx').then((it) => it.Palette))

/** The frame of every page of somebody who is signed in. */
export function Shell({ children }: { children: ReactNode }) {
  const path = usePathname()
  const needsYou = useNeedsYou()
  const [open, setOpen] = useState<'palette' | 'keys' | null>(null)
  const close = () => setOpen(null)
  const toasts = useToasts()
  const openOnceHere = (what: 'palette' | 'keys', part: { arrive: () => Promise<void> }) => () => {
    part.arrive().then(
      () => setOpen(what),
      () => toasts.show({ text: 'This part of the page did not arrive. Once the server answers, press again.' }),
    )
  }
  const find = { open: openOnceHere('palette', Palette), fetch: Palette.fetch }
  const keys = { open: openOnceHere('keys', KeyboardList), fetch: KeyboardList.fetch }
  usePlaceKeys({ find: find.open, showKeys: keys.open })
  useZoneCookie()
  return (
    <CommandProvider>
      <div className="app">
        <Rail path={path} needsYou={needsYou} find={find} keys={keys} />
        <TopBar find={find} />
        <div className="page">
          <OfflineLine />
          <NoWallLine />
          <main id="main">{children}</main>
        </div>
        <TabBar path={path} needsYou={needsYou} />
      </div>
      {open === 'keys' ? <KeyboardList onClose={close} /> : null}
      {open === 'palette' ? <Palette onClose={close} onKeys={keys.open} /> : null}
    </CommandProvider>
  )
}
