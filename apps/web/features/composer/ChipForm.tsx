'use client'

import type { ReactNode } from 'react'
import { type Popover, usePopover } from '../../ui/popover.ts'

interface ChipFormProps {
  readonly name: string
  readonly trigger: (props: Popover['trigger']) => ReactNode
  /** What its fields are made of is on its way from then on. */
  readonly fetch: () => void
  readonly children: (close: () => void) => ReactNode
}

/** A few fields behind a chip. Everything holds as it is typed; Enter and Escape only close it. */
export function ChipForm({ name, trigger, fetch, children }: ChipFormProps) {
  const popover = usePopover('dialog', fetch)
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
            {children(popover.close)}
          </div>
        ) : null}
      </div>
    </>
  )
}
