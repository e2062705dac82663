import type { RunId } from '@errand/contracts'
import { titleOf } from '@errand/domain'
import type { Metadata } from 'next'
import { Run } from '../../../../features/run/Run.tsx'
import { api, Hydrated, prefetch, queries } from '../../../../trpc/server.tsx'

interface RunPageProps {
  readonly params: Promise<{ runId: string }>
}

export async function generateMetadata({ params }: RunPageProps): Promise<Metadata> {
  const runId = await readRun(params)
  const run = queries().getQueryData((await api()).runs.get.queryKey({ runId }))
  return { title: run === undefined ? 'Run' : titleOf(run.prompt) }
}

export default async function RunPage({ params }: RunPageProps) {
  const runId = await readRun(params)
  return (
    <Hydrated>
      <Run key={runId} runId={runId} />
    </Hydrated>
  )
}

/** What the address says is checked by the api, which answers with a fault that the page shows. */
async function readRun(params: RunPageProps['params']): Promise<RunId> {
  const runId = (await params).runId as RunId
  await prefetch(({ queries: cache, trpc }) => cache.fetchQuery(trpc.runs.get.queryOptions({ runId })))
  return runId
}
