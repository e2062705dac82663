import type { Metadata } from 'next'
import { Settings } from '../../../features/settings/Settings.tsx'
import { Hydrated, prefetch } from '../../../trpc/server.tsx'

export const metadata: Metadata = { title: 'Settings' }

export default async function SettingsPage() {
  await prefetch(({ queries, trpc }) =>
    Promise.all([
      queries.fetchQuery(trpc.settings.get.queryOptions()),
      queries.prefetchQuery(trpc.account.passkeys.list.queryOptions()),
      queries.prefetchQuery(trpc.account.sessions.list.queryOptions()),
      queries.prefetchQuery(trpc.tokens.list.queryOptions()),
      queries.prefetchQuery(trpc.agents.list.queryOptions()),
    ]),
  )
  return (
    <Hydrated>
      <Settings />
    </Hydrated>
  )
}
