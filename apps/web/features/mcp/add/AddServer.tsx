'use client'

import { CATALOGUE, type ServerDraft } from '@errand/domain'
import { useState } from 'react'
import { Button } from '../../../ui/Button.tsx'
import { Segmented } from '../../../ui/Segmented.tsx'
import { CatalogueSource } from './CatalogueSource.tsx'
import { DraftForm } from './DraftForm.tsx'
import { PasteSource } from './PasteSource.tsx'
import { SearchSource } from './SearchSource.tsx'

const SOURCES = [
  { value: 'known', label: 'Well known' },
  { value: 'search', label: 'Search' },
  { value: 'paste', label: 'Paste' },
] as const
type Source = (typeof SOURCES)[number]['value']

interface AddServerProps {
  /** Of the catalogue, or nothing. */
  readonly start: string
  readonly taken: readonly string[]
  readonly onClose: () => void
  readonly onAdded: (name: string) => void
}

/** From wherever a person has it to one form: what it is, what it needs, and what will happen. */
export function AddServer({ start, taken, onClose, onAdded }: AddServerProps) {
  const [source, setSource] = useState<Source>(start === 'paste' || start === 'search' ? start : 'known')
  const [ways, setWays] = useState<readonly ServerDraft[]>(() => CATALOGUE.find(({ id }) => id === start)?.ways ?? [])
  if (ways.length > 0)
    return <DraftForm ways={ways} taken={taken} onBack={() => setWays([])} onClose={onClose} onAdded={onAdded} />
  return (
    <section className="form inplace" aria-label="New MCP server">
      <div className="rowline">
        <Segmented name="Where it comes from" segments={SOURCES} value={source} onChange={setSource} />
        <Button tone="bare" onClick={onClose}>
          Cancel
        </Button>
      </div>
      {source === 'known' ? <CatalogueSource onChoose={setWays} /> : null}
      {source === 'search' ? <SearchSource onChoose={setWays} /> : null}
      {source === 'paste' ? <PasteSource onChoose={setWays} /> : null}
    </section>
  )
}
