'use client'

import { type ReactNode, Suspense, useEffect, useRef } from 'react'
import { type Popover, usePopover } from '../../ui/popover.ts'

interface ChipFormProps {
  readonly name: string
  readonly trigger: (props: Popover['trigger']) => ReactNode
  readonly children: (close: () => void) => ReactNode
}

/** A few fields behind a chip. Everything holds as it is typed; Enter and Escape only close it. */
export function ChipForm({ name, trigger, children }: ChipFormProps) {
  const popover = usePopover('dialog', focusFirst)
  return (
    <>
      {trigger(popover.trigger)}
      <div {...popover.panel} className="pop menu chip-form" role="dialog" aria-label={name}>
        {popover.isOpen ? (
          <div
            className="form"
            onKeyDown={(event) => {
              const isSend = event.metaKey || event.ctrlKey
              if (event.key !== 'Enter' || isSend || event.target instanceof HTMLTextAreaElement) return
              event.preventDefault()
              popover.close()
            }}
          >
            <Suspense>
              {children(popover.close)}
              <FocusOnceHere />
            </Suspense>
          </div>
        ) : null}
      </div>
    </>
  )
}

function focusFirst(panel: HTMLElement): void {
  panel.querySelector<HTMLElement>('input:checked, input, textarea')?.focus()
}

/** The fields may come a moment after the form was opened. */
function FocusOnceHere() {
  const here = useRef<HTMLSpanElement>(null)
  // The external system is the focus.
  useEffect(() => {
    const panel = here.current?.closest<HTMLElement>('[popover]')
    if (panel?.matches(':popover-open') === true) focusFirst(panel)
  }, [])
  return <span ref={here} hidden />
}
