'use client'

import {
  Braces,
  ClockAlert,
  Download,
  File,
  FileDiff,
  FileImage,
  FileText,
  FileVideo,
  GitBranch,
  GitPullRequest,
  Globe,
  Link,
  type LucideIcon,
  ScrollText,
  Sheet,
} from 'lucide-react'
import { Suspense } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Copy } from '../../ui/Copy.tsx'
import { size } from '../../ui/format/amount.ts'
import { visible } from '../../ui/format/visible.ts'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { Clock } from '../../ui/Time.tsx'
import { lazy } from '../../ui/lazy.ts'
import { previewOf, type Preview as Kind, typeWords } from './previewOf.ts'
import { artifactUrl } from './readArtifact.ts'
import { isNear } from './retention.ts'
import type { ArtifactView } from './useArtifacts.ts'

const Preview = lazy(() => import('./preview/Preview.tsx').then(({ Preview: it }) => ({ default: it })))

interface ArtifactRowProps {
  readonly artifact: ArtifactView
  readonly artifacts: readonly ArtifactView[]
  readonly isOpen: boolean
  readonly onToggle: () => void
  readonly now: number
}

export function ArtifactRow({ artifact, artifacts, isOpen, onToggle, now }: ArtifactRowProps) {
  const kind = previewOf(artifact)
  const Icon = iconOf(artifact, kind)
  const name = visible(artifact.name)
  return (
    <li id={artifact.id} className={isOpen ? 'looked-at' : undefined}>
      <Icon className="i" aria-hidden="true" />
      <span className="art-name">
        <b>{name}</b>
        <br />
        <span className="small three">
          {typeWords(artifact)}
          {isNear(artifact, now) ? (
            <span className="fault">
              {' '}
              <ClockAlert className="i s" aria-hidden="true" /> kept only until <Clock at={artifact.retainUntil} />
            </span>
          ) : null}
        </span>
      </span>
      <span className="h" title={artifact.sha256}>
        sha256 {artifact.sha256.slice(0, 8)}
      </span>
      <span className="num small three">{size(artifact.sizeBytes)}</span>
      {kind === null ? (
        <a className="btn" href={artifactUrl(artifact)} download>
          Download<span className="vh"> {name}</span>
        </a>
      ) : (
        <Button onClick={onToggle} aria-expanded={isOpen}>
          {isOpen ? 'Close' : 'Look'}
          <span className="vh"> {isOpen ? name : `at ${name}`}</span>
        </Button>
      )}
      {isOpen && kind !== null ? <Opened artifact={artifact} artifacts={artifacts} kind={kind} /> : null}
    </li>
  )
}

function Opened({ artifact, artifacts, kind }: Pick<ArtifactRowProps, 'artifact' | 'artifacts'> & { kind: Kind }) {
  return (
    <div className="opened-art">
      <div className="opened-head">
        <a className="btn" href={artifactUrl(artifact)} download>
          <Download className="i s" aria-hidden="true" />
          Download
        </a>
        <Copy text={new URL(artifactUrl(artifact), window.location.href).href} of="the permanent link" />
        <span className="small three">
          <Link className="i s" aria-hidden="true" /> sha256 <code>{artifact.sha256}</code>, kept until{' '}
          <Clock at={artifact.retainUntil} />
        </span>
      </div>
      <Suspense fallback={<LoadingRows of={`Reading ${visible(artifact.name)}`} />}>
        <Preview artifact={artifact} kind={kind} artifacts={artifacts} />
      </Suspense>
    </div>
  )
}

const OF_KIND: Readonly<Partial<Record<ArtifactView['kind'], LucideIcon>>> = {
  patch: FileDiff,
  branch: GitBranch,
  'pull-request': GitPullRequest,
  report: FileText,
  log: ScrollText,
}

const OF_PREVIEW: Readonly<Record<Kind, LucideIcon>> = {
  markdown: FileText,
  table: Sheet,
  json: Braces,
  image: FileImage,
  video: FileVideo,
  page: Globe,
  log: ScrollText,
  text: FileText,
}

function iconOf({ kind }: ArtifactView, preview: Kind | null): LucideIcon {
  return OF_KIND[kind] ?? (preview === null ? File : OF_PREVIEW[preview])
}
