import type { ReactNode } from 'react'
import { Shell } from '../../features/shell/Shell.tsx'
import { Hydrated, prefetch } from '../../trpc/server.tsx'

/** Every page of somebody who is signed in; who is not is sent to sign in and back. */
export default async function SignedInLayout({ children }: { children: ReactNode }) {
  await prefetch(({ queries, trpc }) =>
    Promise.all([
      queries.fetchQuery(trpc.account.me.queryOptions()),
      queries.prefetchQuery(trpc.system.wall.queryOptions()),
    ]),
  )
  return (
    <Hydrated>
      <Shell>{children}</Shell>
    </Hydrated>
  )
}
