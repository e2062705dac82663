'use client'

import type { CredentialSpec } from '@errand/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTRPC, useTRPCClient } from '../../trpc/client.tsx'
import { sealValue } from './sealValue.ts'

interface Saved {
  readonly name: string
  readonly spec: CredentialSpec
  /** Gives what was typed, so that it lies in no cache; null leaves the value as it is. */
  readonly typed: (() => string) | null
}

/** Stores a credential; its value leaves the browser sealed, or not at all. */
export function useSaveCredential(onSaved: (name: string, hasValue: boolean) => void) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async ({ name, spec, typed }: Saved) => {
      if (typed === null) return client.credentials.set.mutate({ name, spec })
      const place = await client.credentials.sealing.query({ name })
      return client.credentials.set.mutate({ name, spec, sealed: await sealValue(place, typed()) })
    },
    // Sealing needs the server's key: what cannot be sent now is said now, not kept for later.
    networkMode: 'always',
    onSuccess: async ({ name }, { typed }) => {
      await Promise.all([
        queries.invalidateQueries(trpc.credentials.pathFilter()),
        // The first one becomes the default agent's.
        queries.invalidateQueries(trpc.agents.pathFilter()),
      ])
      onSaved(name, typed !== null)
    },
  })
}
