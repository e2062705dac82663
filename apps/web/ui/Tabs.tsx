import Link from 'next/link'
import { count } from './format/amount.ts'

export interface Tab {
  readonly href: string
  readonly name: string
  /** How many there are, or a word about them: `1 refused`. */
  readonly count?: number | string | undefined
  readonly isHere: boolean
}

/** Tabs are places: each has an address, so a reload and a link keep them. */
export function Tabs({ name, tabs }: { name: string; tabs: readonly Tab[] }) {
  return (
    <nav className="tabs" aria-label={name}>
      {tabs.map((tab) => (
        <Link key={tab.href} href={tab.href} scroll={false} aria-current={tab.isHere ? 'page' : undefined}>
          {tab.name}
          {tab.count === undefined ? null : (
            <span className="c">{typeof tab.count === 'string' ? tab.count : count(tab.count)}</span>
          )}
        </Link>
      ))}
    </nav>
  )
}
