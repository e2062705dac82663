'use client'

import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../../trpc/client.tsx'
import type { RouterOutputs } from '../../../trpc/types.ts'
import { Empty } from '../../../ui/Empty.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { terminalText } from '../../../ui/format/terminalText.ts'
import { LoadingRows } from '../../../ui/LoadingRows.tsx'
import { Clock } from '../../../ui/Time.tsx'

type Lines = RouterOutputs['mcp']['log']['now']

/** What a hosted server wrote beside the protocol, and what Errand has to say about it. */
export function LogTab({ name }: { name: string }) {
  const log = useQuery(useTRPC().mcp.log.queryOptions({ name }, { refetchInterval: 3_000 }))
  if (log.isPending) return <LoadingRows of="Reading its log" />
  if (log.data === undefined) return <ErrorInPlace error={log.error} retry={() => void log.refetch()} />
  const { now, before } = log.data
  if (now.length + before.length === 0)
    return (
      <Empty title="It has written nothing yet.">
        Here stands what it writes to its standard error, with secrets hidden, of this process and the one before.
      </Empty>
    )
  return (
    <div className="stack wide-gap logs">
      <LogPart title="This process" lines={now} />
      <LogPart title="The one before" lines={before} />
    </div>
  )
}

function LogPart({ title, lines }: { title: string; lines: Lines }) {
  if (lines.length === 0) return null
  return (
    <section aria-label={title}>
      <div className="bar">
        <h2>{title}</h2>
        <span className="small three">Secrets are hidden</span>
      </div>
      <pre className="panel mono server-log" tabIndex={0} role="region" aria-label={`Log: ${title}`} translate="no">
        {lines.map(({ at, isServer, words }, index) => (
          <span key={index} className={isServer ? 'log-line' : 'log-line three'}>
            <span className="three">{at === null ? '' : <Clock at={at} seconds />}</span>
            <span>{terminalText(words)}</span>
          </span>
        ))}
      </pre>
    </section>
  )
}
