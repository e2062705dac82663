import type { Metadata } from 'next'
import { AgentList } from '../../../features/agents/AgentList.tsx'
import { Hydrated, prefetch } from '../../../trpc/server.tsx'

export const metadata: Metadata = { title: 'Agents' }

export default async function AgentsPage() {
  await prefetch(({ queries, trpc }) =>
    Promise.all([
      queries.fetchQuery(trpc.agents.list.queryOptions()),
      queries.prefetchQuery(trpc.agents.drafts.queryOptions()),
    ]),
  )
  return (
    <Hydrated>
      <AgentList />
    </Hydrated>
  )
}
