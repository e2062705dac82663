import type { BatchId } from '@errand/contracts'
import type { Metadata } from 'next'
import { Batch } from '../../../../features/batch/Batch.tsx'
import { Hydrated, prefetch } from '../../../../trpc/server.tsx'

export const metadata: Metadata = { title: 'Attempts' }

export default async function BatchPage({ params }: { params: Promise<{ batchId: string }> }) {
  // What the address says is checked by the api, which answers with a fault that the page shows.
  const batchId = (await params).batchId as BatchId
  await prefetch(({ queries, trpc }) => queries.fetchQuery(trpc.runs.batch.queryOptions({ batchId })))
  return (
    <Hydrated>
      <Batch batchId={batchId} />
    </Hydrated>
  )
}
