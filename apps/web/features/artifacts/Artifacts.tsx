'use client'

import { Download } from 'lucide-react'
import { usePathname, useSearchParams } from 'next/navigation'
import { useEffect } from 'react'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { size } from '../../ui/format/amount.ts'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { useNow } from '../../ui/reader.tsx'
import { Clock } from '../../ui/Time.tsx'
import type { Run } from '../outcome/outcomeOf.ts'
import { ArtifactRow } from './ArtifactRow.tsx'
import { zipUrl } from './readArtifact.ts'
import { firstToGo } from './retention.ts'
import { useArtifacts } from './useArtifacts.ts'

const MINUTE_MS = 60_000

/** Everything that the run left, to be looked at and taken away. */
export function Artifacts({ run }: { run: Run }) {
  const query = useArtifacts(run.id)
  const [openId, open] = useOpenArtifact()
  const now = useNow(MINUTE_MS)
  const { refetch, data } = query
  const isBehind = data !== undefined && data.length < run.state.artifacts
  // The external system is the server: the run's events tell of artifacts that the list does not have yet.
  useEffect(() => {
    if (isBehind) void refetch()
  }, [isBehind, run.state.artifacts, refetch])
  if (query.isPending) return <LoadingRows of="Reading the artifacts" />
  if (data === undefined) return <ErrorInPlace error={query.error} retry={() => void refetch()} />
  const until = firstToGo(data)
  if (until === null) return <NoArtifacts run={run} />
  const total = data.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return (
    <section>
      <div className="bar">
        <h2>Artifacts</h2>
        <span className="small three">
          kept until <Clock at={until} />
        </span>
        <a className="btn" href={zipUrl(run.id)} download>
          <Download className="i s" aria-hidden="true" />
          All, {size(total)}
          <span className="vh"> as a zip</span>
        </a>
      </div>
      <ul className="list top arts">
        {data.map((artifact) => (
          <ArtifactRow
            key={artifact.id}
            artifact={artifact}
            artifacts={data}
            now={now}
            isOpen={artifact.id === openId}
            onToggle={() => open(artifact.id === openId ? null : artifact.id)}
          />
        ))}
      </ul>
    </section>
  )
}

/** What is open stands in the address, so a link shows the same. */
function useOpenArtifact(): readonly [string | null, (id: string | null) => void] {
  const path = usePathname()
  // The address alone: nothing that the server knows depends on it.
  const open = (id: string | null) =>
    window.history.replaceState(null, '', `${path}?tab=artifacts${id === null ? '' : `&artifact=${id}`}`)
  return [useSearchParams().get('artifact'), open]
}

function NoArtifacts({ run }: { run: Run }) {
  if (run.state.artifacts > 0) return <Empty title="The artifacts are gone">Their retention date has passed.</Empty>
  return (
    <Empty title={run.state.endedAt === null ? 'No artifacts yet' : 'No artifacts'}>
      Patches, reports, files of the artifacts folder and logs stand here when the run has collected them.
    </Empty>
  )
}
