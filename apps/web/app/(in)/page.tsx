import type { Metadata } from 'next'
import { NO_TASK, preflightOf } from '../../features/composer/task.ts'
import { Home } from '../../features/home/Home.tsx'
import { FIRST_ROWS } from '../../features/runs/types.ts'
import { Hydrated, prefetch } from '../../trpc/server.tsx'

export const metadata: Metadata = { title: 'Runs' }

export default async function HomePage() {
  await prefetch(async ({ queries, trpc }) => {
    const rest = Promise.all([
      queries.prefetchQuery(trpc.runs.groups.queryOptions({ limit: FIRST_ROWS })),
      queries.prefetchQuery(trpc.repositories.list.queryOptions()),
      queries.prefetchQuery(trpc.agents.list.queryOptions()),
      queries.prefetchQuery(trpc.settings.get.queryOptions()),
      queries.prefetchQuery(trpc.credentials.list.queryOptions()),
      queries.prefetchQuery(trpc.drafts.list.queryOptions()),
    ])
    const kept = await queries.fetchQuery(trpc.drafts.current.queryOptions())
    await queries.prefetchQuery(trpc.runs.preflight.queryOptions(preflightOf(kept?.draft ?? NO_TASK)))
    await rest
  })
  return (
    <Hydrated>
      <Home />
    </Hydrated>
  )
}
