import type { Metadata } from 'next'
import { Boundary } from '../../../features/boundary/Boundary.tsx'
import { Hydrated, prefetch } from '../../../trpc/server.tsx'

export const metadata: Metadata = { title: 'Boundary' }

export default async function BoundaryPage() {
  await prefetch(({ queries, trpc }) =>
    Promise.all([
      queries.fetchQuery(trpc.system.boundary.queryOptions()),
      queries.fetchQuery(trpc.system.info.queryOptions()),
      queries.prefetchQuery(trpc.settings.get.queryOptions()),
      queries.prefetchQuery(trpc.credentials.list.queryOptions()),
    ]),
  )
  return (
    <Hydrated>
      <Boundary />
    </Hydrated>
  )
}
