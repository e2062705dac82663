'use client'

import { type ComponentProps, type RefObject, type ToggleEvent, useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'

type TriggerProps = Pick<
  ComponentProps<'button'>,
  'popoverTarget' | 'aria-haspopup' | 'aria-expanded' | 'aria-controls' | 'ref' | 'onPointerEnter' | 'onFocus'
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
 * `isOpen` turns true before it is shown, so its content need not exist until then; `fetch` is called as soon as somebody
 * may be about to open it.
 */
export function usePopover(kind: 'menu' | 'listbox' | 'dialog', fetch: () => void): Popover {
  const id = useId()
  const trigger = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const [isOpen, setIsOpen] = useState(false)
  return {
    isOpen,
    close: () => panel.current?.hidePopover(),
    trigger: {
      ref: trigger,
      onPointerEnter: fetch,
      onFocus: fetch,
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
        if (panel.current !== null) focusFirst(panel.current)
      },
    },
  }
}

/** What a person goes on with in a popover that was opened. */
export function focusFirst(panel: HTMLElement): void {
  panel.querySelector<HTMLElement>('[role=menuitem], input, textarea')?.focus()
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
