import type { Metadata } from 'next'
import { McpServers } from '../../../features/mcp/McpServers.tsx'
import { Hydrated, prefetch } from '../../../trpc/server.tsx'

export const metadata: Metadata = { title: 'MCP servers' }

export default async function McpPage() {
  await prefetch(({ queries, trpc }) =>
    Promise.all([
      queries.fetchQuery(trpc.mcp.list.queryOptions()),
      queries.prefetchQuery(trpc.mcp.days.queryOptions()),
      queries.prefetchQuery(trpc.credentials.list.queryOptions()),
    ]),
  )
  return (
    <Hydrated>
      <McpServers />
    </Hydrated>
  )
}
