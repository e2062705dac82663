'use client'

import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import { Code } from '../../ui/Code.tsx'
import { CopyLine } from '../../ui/Copy.tsx'

/** Where a phone finds this Errand, or how to let it. */
export function PhoneAddress() {
  const address = useQuery(useTRPC().system.info.queryOptions()).data?.address
  if (address === undefined) return null
  const isOnlyHere = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(address).hostname)
  if (isOnlyHere)
    return (
      <p className="two small">
        Errand listens on this machine alone. Start it with <Code>ERRAND_HOST=0.0.0.0</Code>, or put it behind a proxy
        with <Code>ERRAND_PUBLIC_URL</Code>; then sign in on the phone with your password.
      </p>
    )
  return (
    <>
      <p className="two small">
        Open this address on the phone and sign in; its browser can add it to the home screen.
      </p>
      <CopyLine text={address} of="the address" />
    </>
  )
}
