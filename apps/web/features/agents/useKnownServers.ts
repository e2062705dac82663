'use client'

import type { AgentSpec } from '@errand/contracts'
import type { KnownServer } from '@errand/domain'
import { useQueries } from '@tanstack/react-query'
import { useTRPC } from '../../trpc/client.tsx'
import { toolsOf } from '../mcp/tools.ts'
import { credentialNames } from '../mcp/credentialNames.ts'

/** The MCP servers that an agent names, with their tools: nothing is asked where it names none. */
export function useServersOf(spec: AgentSpec) {
  const trpc = useTRPC()
  const uses = spec.runtime === 'claude-code' ? (spec.mcp ?? []) : []
  return useQueries({
    queries: uses.map(({ server }) => trpc.mcp.get.queryOptions({ name: server }, { retry: false })),
  })
}

export function useKnownServers(spec: AgentSpec): readonly KnownServer[] {
  return useServersOf(spec).flatMap(({ data }) =>
    data === undefined ? [] : [{ name: data.name, tools: toolsOf(data), credentials: credentialNames(data.spec) }],
  )
}
