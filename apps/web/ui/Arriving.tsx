'use client'

import { type ReactNode, Suspense, useEffect, useState } from 'react'

interface ArrivingProps {
  /** In its place where the server did not draw it. */
  readonly fallback?: ReactNode
  readonly children: ReactNode
}

/**
 * Around a part whose script comes in a file of its own. What the server drew of it stands until that script is here, and
 * nothing that changes meanwhile reaches it: React takes down what it is given anew before it is alive.
 */
export function Arriving({ fallback, children }: ArrivingProps) {
  const [isHere, setIsHere] = useState(false)
  const part = (what: ReactNode) => (
    <Suspense fallback={fallback}>
      {what}
      <TellOnceHere tell={setIsHere} />
    </Suspense>
  )
  // The very same element, so that React sees nothing to change.
  const [first] = useState(() => part(children))
  return isHere ? part(children) : first
}

function TellOnceHere({ tell }: { tell: (isHere: boolean) => void }) {
  // The external system is the network, which brings the script: this runs once the part is alive.
  useEffect(() => tell(true), [tell])
  return null
}
