import type { Metadata } from 'next'
import { Credentials } from '../../../features/credentials/Credentials.tsx'
import { Hydrated, prefetch } from '../../../trpc/server.tsx'

export const metadata: Metadata = { title: 'Credentials' }

export default async function CredentialsPage() {
  await prefetch(({ queries, trpc }) => queries.fetchQuery(trpc.credentials.list.queryOptions()))
  return (
    <Hydrated>
      <Credentials />
    </Hydrated>
  )
}
