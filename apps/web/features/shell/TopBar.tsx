import { Search } from 'lucide-react'
import { Brand } from '../../ui/Brand.tsx'
import type { Opener } from './Rail.tsx'

/** On phones. */
export function TopBar({ find }: { find: Opener }) {
  return (
    <header className="topbar">
      <Brand />
      <span className="sp" />
      <button
        type="button"
        className="ib"
        aria-label="Find or do"
        onClick={find.open}
        onPointerEnter={find.fetch}
        onFocus={find.fetch}
      >
        <Search className="i" aria-hidden="true" />
      </button>
    </header>
  )
}
