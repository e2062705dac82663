'use client'

import type { LucideIcon } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { later } from './later.tsx'
import type { MenuItem } from './MenuList.tsx'
import { type Popover, usePopover } from './popover.ts'

const MenuList = later(() => import('./MenuList.tsx').then((it) => it.MenuList))

interface MenuProps {
  readonly name: string
  readonly items: readonly MenuItem[]
  /** `trigger={(props) => <Button {...props} square icon={Ellipsis}>More</Button>}` */
  readonly trigger: (props: Popover['trigger']) => ReactNode
}

/** A menu of actions. */
export function Menu({ name, items, trigger }: MenuProps) {
  return (
    <MenuFrame trigger={trigger} fetch={MenuList.fetch}>
      {(close) => <MenuList name={name} items={items} close={close} />}
    </MenuFrame>
  )
}

interface MenuFrameProps extends Pick<MenuProps, 'trigger'> {
  readonly fetch: () => void
  readonly children: (close: () => void) => ReactNode
}

/** Of a menu whose items come later, too: around a `MenuList`. */
export function MenuFrame({ trigger, fetch, children }: MenuFrameProps) {
  const popover = usePopover('menu', fetch)
  return (
    <>
      {trigger(popover.trigger)}
      <div {...popover.panel} className="pop menu">
        {popover.isOpen ? children(popover.close) : null}
      </div>
    </>
  )
}

/** A button in the composer's manner: icon, what is chosen, and a word more. Opens a `Menu` or a `Pick`. */
export function Chip({
  icon: Icon,
  chosen,
  children,
  ...rest
}: ComponentProps<'button'> & { icon?: LucideIcon; chosen?: string | undefined }) {
  return (
    <button type="button" {...rest} className="chip">
      {Icon === undefined ? null : <Icon className="i s" aria-hidden="true" />}
      {chosen === undefined ? null : <b>{chosen}</b>}
      {children}
    </button>
  )
}
