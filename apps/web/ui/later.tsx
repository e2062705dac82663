'use client'

import { type ComponentType, type ReactNode, useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { Button } from './Button.tsx'
import { arrived } from './lazy.ts'
import { focusFirst } from './popover.ts'

interface Later<Props> {
  (props: Props): ReactNode
  /** Until it can be shown at once. */
  readonly arrive: () => Promise<void>
  /** To be called when somebody is about to need it: the pointer is over what opens it, or the focus on it. */
  readonly fetch: () => void
}

/**
 * A part that is needed when something is pressed, in a script of its own. It is asked for again where the line breaks; what does not
 * arrive all the same says so in its place, and the rest of the page goes on.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): Later<Props> {
  let Here: ComponentType<Props> | null = null
  const arrive = async () => void (Here ??= await arrived(load))
  function Part(props: Props) {
    const [state, setState] = useState<'coming' | 'here' | 'missing'>(Here === null ? 'coming' : 'here')
    const place = useRef<HTMLParagraphElement>(null)
    // The external system is the network.
    useEffect(() => {
      if (state !== 'coming') return
      arrive().then(
        () => {
          const panel = place.current?.closest<HTMLElement>(':popover-open')
          flushSync(() => setState('here'))
          // It was opened before there was anything in it to have the focus.
          if (panel !== null && panel !== undefined) focusFirst(panel)
        },
        () => setState('missing'),
      )
    }, [state])
    if (Here !== null && state !== 'coming') return <Here {...props} />
    return state === 'missing' ? (
      <div className="pick-note" role="alert">
        <p className="small two">This part of the page did not arrive.</p>
        <Button onClick={() => setState('coming')}>Try again</Button>
      </div>
    ) : (
      <p ref={place} className="small two pick-note" role="status">
        Coming
      </p>
    )
  }
  // Whoever presses after all is told what is missing.
  return Object.assign(Part, { arrive, fetch: () => void arrive().catch(() => undefined) })
}
