'use client'

import { type ReactNode, useEffect, useRef } from 'react'

interface DialogProps {
  readonly name: string
  readonly onClose: () => void
  readonly className?: string
  readonly children: ReactNode
}

/** The browser's modal dialog, open while it is rendered. For the palette, the key list, and names typed before a deletion. */
export function Dialog({ name, onClose, className = '', children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  // The external system is the browser's top layer.
  useEffect(() => {
    const element = dialog.current
    if (element?.open === false) element.showModal()
    // Who opens it types at once; the browser alone would take the first thing that a script can focus.
    element?.querySelector('input')?.focus()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-label={name}
      className={`dialog ${className}`.trim()}
      onClose={onClose}
      onClick={(event) => {
        // What lies beside the dialog is the dialog element itself.
        if (event.target === event.currentTarget) onClose()
      }}
    >
      {children}
    </dialog>
  )
}
