'use client'

import { type PointerEvent, type SyntheticEvent, useRef } from 'react'

interface Touch {
  readonly onLongPress: () => void
  /** Undefined: this row cannot be swiped away. */
  readonly onSwipeLeft: (() => void) | undefined
}

interface Press {
  readonly x: number
  readonly y: number
  timer: ReturnType<typeof setTimeout> | undefined
  isSwipe: boolean
}

const LONG_PRESS_MS = 500
const SLOP_PX = 10
/** So far a row must be drawn to go. */
const AWAY_PX = 96

/** What fingers do with a row: a long press selects it, a swipe to the left takes it away. A mouse does neither. */
export function useTouch({ onLongPress, onSwipeLeft }: Touch) {
  const press = useRef<Press | null>(null)
  const swallowsClick = useRef(false)
  const end = (row: HTMLElement) => {
    clearTimeout(press.current?.timer)
    press.current = null
    delete row.dataset['swipe']
    row.style.removeProperty('--dx')
  }
  return {
    onPointerDown: ({ pointerType, clientX: x, clientY: y }: PointerEvent<HTMLElement>) => {
      if (pointerType !== 'touch') return
      swallowsClick.current = false
      const timer = setTimeout(() => {
        swallowsClick.current = true
        onLongPress()
      }, LONG_PRESS_MS)
      press.current = { x, y, timer, isSwipe: false }
    },
    onPointerMove: ({ clientX, clientY, currentTarget }: PointerEvent<HTMLElement>) => {
      const { current } = press
      if (current === null) return
      const [dx, dy] = [clientX - current.x, clientY - current.y]
      if (Math.hypot(dx, dy) < SLOP_PX && !current.isSwipe) return
      clearTimeout(current.timer)
      if (onSwipeLeft === undefined || (!current.isSwipe && Math.abs(dy) > Math.abs(dx))) return
      current.isSwipe = true
      swallowsClick.current = true
      currentTarget.dataset['swipe'] = dx < -AWAY_PX ? 'away' : 'on'
      currentTarget.style.setProperty('--dx', `${Math.min(0, dx)}px`)
    },
    onPointerUp: ({ clientX, currentTarget }: PointerEvent<HTMLElement>) => {
      const isAway = press.current?.isSwipe === true && clientX - press.current.x < -AWAY_PX
      end(currentTarget)
      if (isAway) onSwipeLeft?.()
    },
    onPointerCancel: ({ currentTarget }: PointerEvent<HTMLElement>) => end(currentTarget),
    onClickCapture: (event: SyntheticEvent) => {
      if (!swallowsClick.current) return
      swallowsClick.current = false
      event.preventDefault()
      event.stopPropagation()
    },
    // The browser's own menu of a link would cover what the long press did.
    onContextMenu: (event: SyntheticEvent) => {
      if (press.current !== null || swallowsClick.current) event.preventDefault()
    },
  }
}
