'use client'

import { useLayoutEffect, useRef, useState } from 'react'

/** The same function for as long as the part stands; it does what the last render said. For the props of a part that is a `memo`. */
export function useSteady<Args extends readonly unknown[]>(act: (...args: Args) => void): (...args: Args) => void {
  const latest = useRef(act)
  // Before anybody can press: what is done is that of the newest paint.
  useLayoutEffect(() => void (latest.current = act))
  const [steady] = useState(
    () =>
      (...args: Args) =>
        latest.current(...args),
  )
  return steady
}
