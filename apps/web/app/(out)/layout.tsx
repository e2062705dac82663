import type { ReactNode } from 'react'
import { Brand } from '../../ui/Brand.tsx'

/** Before somebody is in: the mark, and one thing to do. */
export default function DoorLayout({ children }: { children: ReactNode }) {
  return (
    <div className="door">
      <header>
        <Brand />
      </header>
      <main id="main">{children}</main>
    </div>
  )
}
