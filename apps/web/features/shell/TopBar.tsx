import { Search } from 'lucide-react'
import { Brand } from '../../ui/Brand.tsx'

/** On phones. */
export function TopBar({ onFind }: { onFind: () => void }) {
  return (
    <header className="topbar">
      <Brand />
      <span className="sp" />
      <button type="button" className="ib" aria-label="Find or do" onClick={onFind}>
        <Search className="i" aria-hidden="true" />
      </button>
    </header>
  )
}
