'use client'

import type { LucideIcon } from 'lucide-react'
import Link from 'next/link'
import type { KeyboardEvent } from 'react'
import { focusByKey } from './rovingFocus.ts'

export interface MenuItem {
  readonly label: string
  readonly icon?: LucideIcon
  /** Either of the two. */
  readonly onSelect?: () => void
  readonly href?: string
  /** A short mark at the end: `×3`, `⇧S`. */
  readonly mark?: string
  /** Why it cannot be done now; then it cannot be pressed and says so. */
  readonly off?: string | undefined
  readonly tone?: 'fault'
  /** A line above it. */
  readonly starts?: boolean
}

interface MenuListProps {
  readonly name: string
  readonly items: readonly MenuItem[]
  readonly close: () => void
}

/** Arrows, Home, End and type-ahead move; Enter does it; Escape goes back to where one was. */
export function MenuList({ name, items, close }: MenuListProps) {
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Tab') close()
    else focusByKey(event, '[role=menuitem]')
  }
  return (
    <ul role="menu" aria-label={name} onKeyDown={onKeyDown}>
      {items.map((item) => (
        <li key={item.label} role="none" className={item.starts === true ? 'sep' : undefined}>
          <Item item={item} close={close} />
        </li>
      ))}
    </ul>
  )
}

function Item({ item, close }: { item: MenuItem; close: () => void }) {
  const shared = { role: 'menuitem', tabIndex: -1, className: `mi ${item.tone ?? ''}`.trim() } as const
  const inside = (
    <>
      {item.icon === undefined ? null : <item.icon className="i" aria-hidden="true" />}
      <span>
        {item.label}
        {item.off === undefined ? null : <span className="small two off">{item.off}</span>}
      </span>
      {item.mark === undefined ? null : <kbd>{item.mark}</kbd>}
    </>
  )
  if (item.href !== undefined && item.off === undefined) {
    return (
      <Link {...shared} href={item.href} onClick={close}>
        {inside}
      </Link>
    )
  }
  const select = () => {
    if (item.off !== undefined) return
    // First the menu goes and gives the focus back; what the action focuses then keeps it.
    close()
    item.onSelect?.()
  }
  return (
    <button {...shared} type="button" aria-disabled={item.off === undefined ? undefined : true} onClick={select}>
      {inside}
    </button>
  )
}
