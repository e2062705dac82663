import type { Metadata } from 'next'
import { Repositories } from '../../../features/repositories/Repositories.tsx'
import { Hydrated, prefetch } from '../../../trpc/server.tsx'

export const metadata: Metadata = { title: 'Repositories' }

export default async function RepositoriesPage() {
  await prefetch(({ queries, trpc }) =>
    Promise.all([
      queries.fetchQuery(trpc.repositories.list.queryOptions()),
      queries.prefetchQuery(trpc.credentials.list.queryOptions()),
    ]),
  )
  return (
    <Hydrated>
      <Repositories />
    </Hydrated>
  )
}
