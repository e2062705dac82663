import Link from 'next/link'
import type { MouseEvent } from 'react'
import { count } from './format/amount.ts'

export interface Tab {
  readonly href: string
  readonly name: string
  /** How many there are, or a word about them: `1 refused`. */
  readonly count?: number | string | undefined
  readonly isHere: boolean
  /** Opens it without asking the server for the page again. */
  readonly onOpen?: () => void
}

/** Tabs are places: each has an address, so a reload and a link keep them. */
export function Tabs({ name, tabs }: { name: string; tabs: readonly Tab[] }) {
  return (
    <nav className="tabs" aria-label={name}>
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          ref={tab.isHere ? bringIntoSight : undefined}
          href={tab.href}
          scroll={false}
          prefetch={tab.onOpen === undefined ? null : false}
          aria-current={tab.isHere ? 'page' : undefined}
          onClick={(event) => openHere(event, tab)}
        >
          {tab.name}
          {tab.count === undefined ? null : (
            <span className="c">{typeof tab.count === 'string' ? tab.count : count(tab.count)}</span>
          )}
        </Link>
      ))}
    </nav>
  )
}

/** A press that means another tab or window of the browser stays a link's. */
function openHere(event: MouseEvent, { onOpen }: Tab): void {
  if (onOpen === undefined || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  onOpen()
}

/** On a phone there are more of them than fit: the one that is open is among those that are seen. */
function bringIntoSight(link: HTMLAnchorElement | null): void {
  const row = link?.parentElement
  if (!link || !row) return
  row.scrollLeft = link.offsetLeft - row.offsetLeft - (row.clientWidth - link.offsetWidth) / 2
}
