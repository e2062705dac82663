'use client'

import { createContext, type ReactNode, use, useEffect, useRef, useState } from 'react'
import { Button } from './Button.tsx'

interface Toast {
  /** What was done, in the button's own word: `Archived 3 runs`. Failures are said in place, never here. */
  readonly text: string
  readonly undo?: () => void
}

interface ToastControl {
  readonly show: (toast: Toast) => void
  /** Undoes what the newest toast offers to undo; false when there is nothing. */
  readonly undoLast: () => boolean
}

const STAYS_MS = 8_000
const ToastContext = createContext<ToastControl>({ show: () => undefined, undoLast: () => false })

/** Says what was done, with the way back. */
export function useToasts(): ToastControl {
  return use(ToastContext)
}

export function Toasts({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<(Toast & { readonly id: number }) | null>(null)
  const next = useRef(1)
  const control: ToastControl = {
    show: (toast) => setShown({ ...toast, id: next.current++ }),
    undoLast: () => {
      if (shown?.undo === undefined) return false
      setShown(null)
      shown.undo()
      return true
    },
  }
  return (
    <ToastContext value={control}>
      {children}
      <div className="toasts" role="status">
        {shown === null ? null : (
          <Shown key={shown.id} toast={shown} onUndo={control.undoLast} onGone={() => setShown(null)} />
        )}
      </div>
    </ToastContext>
  )
}

function Shown({ toast, onUndo, onGone }: { toast: Toast; onUndo: () => void; onGone: () => void }) {
  const [isHeld, setIsHeld] = useState(false)
  // The external system is the clock. Whoever points at it or has the focus in it is still reading.
  useEffect(() => {
    if (isHeld) return undefined
    const timer = setTimeout(onGone, STAYS_MS)
    return () => clearTimeout(timer)
  }, [isHeld, onGone])
  return (
    <span
      className="toast"
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
    >
      <span>{toast.text}</span>
      {toast.undo === undefined ? null : <Button onClick={onUndo}>Undo</Button>}
    </span>
  )
}
