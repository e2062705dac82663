'use client'

import { FileText } from 'lucide-react'
import type { RouterOutputs } from '../../trpc/types.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { size } from '../../ui/format/amount.ts'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { useArtifacts } from './useArtifacts.ts'

/** Everything that the run left behind. */
export function Artifacts({ run }: { run: RouterOutputs['runs']['get'] }) {
  const query = useArtifacts(run.id)
  if (query.isPending) return <LoadingRows of="Reading the artifacts" />
  if (query.isError) return <ErrorInPlace error={query.error} retry={() => void query.refetch()} />
  if (query.data.length === 0)
    return <Empty title="No artifacts">Patches, reports, files and logs that a run leaves will be here.</Empty>
  return (
    <ul className="list top arts">
      {query.data.map((artifact) => (
        <li key={artifact.id}>
          <FileText className="i" aria-hidden="true" />
          <b>{artifact.name}</b>
          <span className="h">sha256 {artifact.sha256.slice(0, 8)}</span>
          <span className="num small three">{size(artifact.sizeBytes)}</span>
          <a className="btn" href={`/artifacts/${artifact.id}`} download>
            Download<span className="vh"> {artifact.name}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}
