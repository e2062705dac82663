import { agentOfLabel } from '@errand/domain'
import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { Agent } from '../../../../features/agents/Agent.tsx'
import { Hydrated, prefetch } from '../../../../trpc/server.tsx'

interface Props {
  readonly params: Promise<{ name: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) }
}

export default async function AgentPage({ params }: Props) {
  const label = decodeURIComponent((await params).name)
  const name = agentOfLabel(label)
  // A run of a draft names it as one.
  if (name !== label) redirect(`/agents/${name}`)
  await prefetch(({ queries, trpc }) =>
    Promise.all([
      // A draft that was never saved has no agent yet: the page can say so.
      queries.prefetchQuery(trpc.agents.get.queryOptions({ name }, { retry: false })),
      queries.fetchQuery(trpc.agents.draft.queryOptions({ name })),
      queries.prefetchQuery(trpc.settings.get.queryOptions()),
      queries.prefetchQuery(trpc.credentials.list.queryOptions()),
    ]),
  )
  return (
    <Hydrated>
      <Agent name={name} />
    </Hydrated>
  )
}
