'use client'

import { type ComponentProps, type RefObject, type ToggleEvent, useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'

type TriggerProps = Pick<
  ComponentProps<'button'>,
  'popoverTarget' | 'aria-haspopup' | 'aria-expanded' | 'aria-controls' | 'ref'
>
type PanelProps = Pick<ComponentProps<'div'>, 'id' | 'popover' | 'onBeforeToggle' | 'onToggle' | 'ref'>

export interface Popover {
  readonly isOpen: boolean
  readonly close: () => void
  readonly trigger: TriggerProps
  readonly panel: PanelProps
}

/**
 * The browser's own popover: top layer, one at a time, closed by Escape or a press elsewhere, focus given back. It
 * stands at its trigger by CSS anchors (`.pop`); a browser without them gets the place computed when it opens.
 * `isOpen` turns true before it is shown, so its content need not exist until then.
 */
export function usePopover(kind: 'menu' | 'listbox' | 'dialog', onOpened?: (panel: HTMLElement) => void): Popover {
  const id = useId()
  const trigger = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const [isOpen, setIsOpen] = useState(false)
  return {
    isOpen,
    close: () => panel.current?.hidePopover(),
    trigger: {
      ref: trigger,
      popoverTarget: id,
      'aria-haspopup': kind,
      'aria-expanded': isOpen,
      'aria-controls': isOpen ? id : undefined,
    },
    panel: {
      ref: panel,
      id,
      popover: 'auto',
      onBeforeToggle: (event: ToggleEvent) => {
        if (event.newState === 'open') flushSync(() => setIsOpen(true))
      },
      onToggle: (event: ToggleEvent) => {
        if (event.newState === 'closed') return setIsOpen(false)
        placeWithoutAnchors(panel, trigger)
        if (panel.current !== null) onOpened?.(panel.current)
      },
    },
  }
}

const GAP_PX = 4

function placeWithoutAnchors(panel: RefObject<HTMLElement | null>, trigger: RefObject<HTMLElement | null>): void {
  if (panel.current === null || trigger.current === null || CSS.supports('position-area', 'block-end')) return
  const at = trigger.current.getBoundingClientRect()
  const size = panel.current.getBoundingClientRect()
  const hasRoomBelow = at.bottom + GAP_PX + size.height <= window.innerHeight
  const top = hasRoomBelow ? at.bottom + GAP_PX : Math.max(GAP_PX, at.top - GAP_PX - size.height)
  const left = Math.max(GAP_PX, Math.min(at.left, window.innerWidth - size.width - GAP_PX))
  panel.current.style.setProperty('--top', `${top}px`)
  panel.current.style.setProperty('--left', `${left}px`)
}
