'use client'

import type { ReactNode } from 'react'
import { later } from './later.tsx'
import type { PickPanelProps } from './PickPanel.tsx'
import { type Popover, usePopover } from './popover.ts'

const PickPanel = later(() => import('./PickPanel.tsx').then((it) => it.PickPanel))

interface PickProps extends Omit<PickPanelProps, 'close'> {
  readonly trigger: (props: Popover['trigger']) => ReactNode
}

/** Choosing from many by typing. */
export function Pick({ trigger, ...props }: PickProps) {
  const popover = usePopover('listbox', PickPanel.fetch)
  return (
    <>
      {trigger(popover.trigger)}
      <div {...popover.panel} className="pop menu pick">
        {popover.isOpen ? <PickPanel {...props} close={popover.close} /> : null}
      </div>
    </>
  )
}
