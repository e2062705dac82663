'use client'

import type { RegistryHit, RegistrySearch } from '@errand/contracts'
import { type ServerDraft, warning, waysOf } from '@errand/domain'
import { useQuery } from '@tanstack/react-query'
import { Unplug } from 'lucide-react'
import { type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../../trpc/client.tsx'
import { Button } from '../../../ui/Button.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { Field } from '../../../ui/Field.tsx'
import { counted } from '../../../ui/format/amount.ts'
import { LoadingRows } from '../../../ui/LoadingRows.tsx'
import { Ago } from '../../../ui/Time.tsx'
import { SourceList } from './SourceList.tsx'

/** The MCP registry, asked by the gateway. Without an answer its last words are shown, and how old they are. */
export function SearchSource({ onChoose }: { onChoose: (ways: readonly ServerDraft[]) => void }) {
  const trpc = useTRPC()
  const [text, setText] = useState('')
  const [asked, setAsked] = useState<string | null>(null)
  const found = useQuery({
    ...trpc.registry.search.queryOptions({ text: asked ?? '' }),
    enabled: asked !== null,
    staleTime: 600_000,
    retry: false,
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    setAsked(text.trim())
  }
  return (
    <div className="stack">
      <form className="rowline search-line" role="search" aria-label="MCP registry" onSubmit={submit}>
        <Field
          label="What it is for, or its name"
          type="search"
          autoFocus
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" tone="go" aria-busy={found.isFetching}>
          Search
        </Button>
      </form>
      {found.isLoading ? <LoadingRows of="Asking the registry" /> : null}
      {found.error === null ? null : <ErrorInPlace error={found.error} retry={() => void found.refetch()} />}
      {found.data === undefined ? null : <Found found={found.data} onChoose={onChoose} />}
    </div>
  )
}

function Found({ found, onChoose }: { found: RegistrySearch; onChoose: (ways: readonly ServerDraft[]) => void }) {
  const { registry, hits, copy, unreadable } = found
  return (
    <>
      {copy === undefined ? null : (
        <div className="callout" role="status">
          <Unplug className="i" aria-hidden="true" />
          <span>
            <b>The registry does not answer; this is what it said earlier.</b>{' '}
            {copy.oldestAt === null ? null : (
              <>
                The oldest entry is from <Ago at={copy.oldestAt} />.{' '}
              </>
            )}
            {copy.words}
          </span>
        </div>
      )}
      {hits.length === 0 ? (
        <p className="two">No server of the registry has this in its name. Try one word, or paste its address.</p>
      ) : (
        <SourceList
          name="Found servers"
          rows={hits.map((hit) => ({
            id: hit.server.name,
            title: hit.server.title ?? hit.server.name,
            by: `${publisherOf(hit)}, version ${hit.server.version}${hit.status === 'active' ? '' : `, ${hit.status}`}`,
            words: hit.server.description,
            onChoose: () => onChoose(waysFrom(hit, registry)),
          }))}
        />
      )}
      <p className="small three">
        From <span className="mono">{registry}</span>. Whoever controls the namespace published it; nobody has reviewed
        it.
        {unreadable === 0 ? '' : ` ${counted(unreadable, 'entry', 'entries')} could not be read and are left out.`}
      </p>
    </>
  )
}

/** `io.github.acme/weather` is the entry of who holds that namespace. */
function publisherOf(hit: RegistryHit): string {
  return hit.server.name.split('/')[0] ?? hit.server.name
}

function waysFrom(hit: RegistryHit, registry: string): readonly ServerDraft[] {
  const { server, sha256, status, statusMessage } = hit
  const ways = waysOf(server, { registry, name: server.name, version: server.version, sha256 })
  if (status === 'active') return ways
  const said = warning(`Its publisher calls it ${status}${statusMessage === undefined ? '' : `: ${statusMessage}`}.`)
  return ways.map((way) => ({ ...way, notes: [said, ...way.notes] }))
}
