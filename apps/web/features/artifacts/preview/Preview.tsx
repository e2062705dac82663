'use client'

import { useQuery } from '@tanstack/react-query'
import { type ReactNode, Suspense } from 'react'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { visible } from '../../../ui/format/visible.ts'
import { LoadingRows } from '../../../ui/LoadingRows.tsx'
import { lazy } from '../../../ui/lazy.ts'
import type { Preview as Kind } from '../previewOf.ts'
import { artifactUrl, readHead } from '../readArtifact.ts'
import type { ArtifactView } from '../useArtifacts.ts'
import { Lines } from './Lines.tsx'
import { TablePreview } from './TablePreview.tsx'
import { TextPreview } from './TextPreview.tsx'

const MarkdownPreview = lazy(() => import('./MarkdownPreview.tsx').then(({ MarkdownPreview: it }) => ({ default: it })))

interface PreviewProps {
  readonly artifact: ArtifactView
  readonly kind: Kind
  readonly artifacts: readonly ArtifactView[]
}

/** An artifact to look at. Whatever it holds, it runs nothing and loads nothing but other artifacts. */
export function Preview({ artifact, kind, artifacts }: PreviewProps): ReactNode {
  const name = visible(artifact.name)
  switch (kind) {
    case 'image':
      // A picture runs no script and loads nothing, an SVG included.
      return <img className="picture" src={artifactUrl(artifact)} alt={name} />
    case 'video':
      return <video className="picture" src={artifactUrl(artifact)} controls preload="metadata" aria-label={name} />
    case 'page':
      return <Page artifact={artifact} />
    case 'log':
    case 'text':
      return <TextPreview artifact={artifact} />
    case 'markdown':
    case 'table':
    case 'json':
      return <Whole artifact={artifact} kind={kind} artifacts={artifacts} />
  }
}

/** The route answers with a policy of its own, so even this page alone could do nothing. */
function Page({ artifact }: { artifact: ArtifactView }) {
  return (
    <>
      <iframe
        className="page-frame"
        src={`${artifactUrl(artifact)}/view`}
        title={visible(artifact.name)}
        sandbox=""
        referrerPolicy="no-referrer"
      />
      <p className="small three preview-note">
        Shown without its scripts; it can load nothing and send nothing. Download it to run it elsewhere.
      </p>
    </>
  )
}

function Whole({ artifact, kind, artifacts }: PreviewProps & { kind: 'markdown' | 'table' | 'json' }) {
  const query = useQuery({
    queryKey: ['artifact-text', artifact.id],
    queryFn: () => readHead(artifact, artifact.sizeBytes),
    staleTime: Infinity,
  })
  const reading = <LoadingRows of={`Reading ${visible(artifact.name)}`} />
  if (query.isPending) return reading
  if (query.data === undefined) return <ErrorInPlace error={query.error} retry={() => void query.refetch()} />
  switch (kind) {
    case 'markdown':
      return (
        <Suspense fallback={reading}>
          <MarkdownPreview text={query.data} name={artifact.name} artifacts={artifacts} />
        </Suspense>
      )
    case 'table':
      return <TablePreview text={query.data} name={artifact.name} />
    case 'json':
      return <Lines text={indented(query.data)} name={`JSON of ${visible(artifact.name)}`} />
  }
}

/** As it is where it is no JSON after all. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}
