'use client'

import { useState } from 'react'
import { isGivenUp } from './door.ts'

interface DoorAction {
  readonly isBusy: boolean
  readonly error: unknown
  /** The person closed the browser's own question; not an error. */
  readonly wasGivenUp: boolean
  /** One at a time: a second press while one goes on does nothing. */
  readonly run: (action: () => Promise<unknown>) => void
}

export function useDoorAction(): DoorAction {
  const [state, setState] = useState<Omit<DoorAction, 'run'>>({ isBusy: false, error: null, wasGivenUp: false })
  const run = (action: () => Promise<unknown>) => {
    if (state.isBusy) return
    setState({ isBusy: true, error: null, wasGivenUp: false })
    action().then(
      () => setState({ isBusy: false, error: null, wasGivenUp: false }),
      (error: unknown) => {
        const wasGivenUp = isGivenUp(error)
        setState({ isBusy: false, error: wasGivenUp ? null : error, wasGivenUp })
      },
    )
  }
  return { ...state, run }
}
