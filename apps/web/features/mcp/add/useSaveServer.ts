'use client'

import type { McpServerSpec } from '@errand/contracts'
import type { PlannedCredential } from '@errand/domain'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTRPC, useTRPCClient } from '../../../trpc/client.tsx'
import { sealValue } from '../../credentials/sealValue.ts'

interface Saved {
  readonly name: string
  readonly spec: McpServerSpec
  readonly credentials: readonly PlannedCredential[]
}

/** Its credentials first, each sealed in this browser, then the server that names them. */
export function useSaveServer(onSaved: (name: string) => void) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async ({ name, spec, credentials }: Saved) => {
      for (const { name: credential, spec: kind, value } of credentials) {
        if (value === null) {
          await client.credentials.set.mutate({ name: credential, spec: kind })
          continue
        }
        const place = await client.credentials.sealing.query({ name: credential })
        await client.credentials.set.mutate({ name: credential, spec: kind, sealed: await sealValue(place, value) })
      }
      await client.mcp.save.mutate({ name, spec, baseVersion: 0 })
      return name
    },
    networkMode: 'always',
    // What was typed lies in no cache of mutations.
    gcTime: 0,
    onSuccess: async (name) => {
      await Promise.all([
        queries.invalidateQueries(trpc.mcp.pathFilter()),
        queries.invalidateQueries(trpc.credentials.pathFilter()),
      ])
      onSaved(name)
    },
  })
}
