'use client'

import type { McpServerSpec } from '@errand/contracts'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../../trpc/client.tsx'
import { Code } from '../../../ui/Code.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../../ui/LoadingRows.tsx'
import { Ago } from '../../../ui/Time.tsx'
import { packageWords } from '../hostedWords.ts'
import type { Server } from '../types.ts'

/** What it was before; a run keeps the version that it began with. */
export function VersionsTab({ server }: { server: Server }) {
  const versions = useQuery(useTRPC().mcp.versions.queryOptions({ name: server.name }))
  return (
    <>
      {versions.isPending ? <LoadingRows of="Reading the versions" /> : null}
      {versions.error === null ? null : <ErrorInPlace error={versions.error} retry={() => void versions.refetch()} />}
      <ul className="list versions">
        {(versions.data ?? []).map(({ version, spec, createdAt, createdBy }) => (
          <li key={version}>
            <span className="grow">
              <b>v{version}</b>
              {version === server.version ? ', in use' : ''}{' '}
              <span className="small three">
                <Ago at={createdAt} />
                {createdBy === '' ? '' : ` by ${createdBy}`}
              </span>
              <span className="small two below breaks">
                <Code>{gist(spec)}</Code>
              </span>
            </span>
          </li>
        ))}
      </ul>
      <section className="sec" aria-labelledby="document">
        <h2 id="document">As a document</h2>
        <p className="small two">
          <Code>errand apply</Code> takes it, here or elsewhere. It holds no secret.
        </p>
        <pre className="panel yaml mono" tabIndex={0} aria-label="YAML">
          {server.source}
        </pre>
      </section>
    </>
  )
}

function gist(spec: McpServerSpec): string {
  return spec.type === 'remote' ? spec.url : `${spec.package.registry} ${packageWords(spec.package)}`
}
