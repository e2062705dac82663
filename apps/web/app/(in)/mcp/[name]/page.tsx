import type { Metadata } from 'next'
import { McpServer } from '../../../../features/mcp/server/McpServer.tsx'
import { Hydrated, prefetch } from '../../../../trpc/server.tsx'

interface Props {
  readonly params: Promise<{ name: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) }
}

export default async function McpServerPage({ params }: Props) {
  const name = decodeURIComponent((await params).name)
  await prefetch(({ queries, trpc }) =>
    Promise.all([
      queries.prefetchQuery(trpc.mcp.get.queryOptions({ name }, { retry: false })),
      queries.prefetchQuery(trpc.credentials.list.queryOptions()),
    ]),
  )
  return (
    <Hydrated>
      <McpServer name={name} />
    </Hydrated>
  )
}
