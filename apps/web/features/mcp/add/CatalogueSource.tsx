import { CATALOGUE, type ServerDraft } from '@errand/domain'
import { SourceList } from './SourceList.tsx'

/** The servers that most people begin with. */
export function CatalogueSource({ onChoose }: { onChoose: (ways: readonly ServerDraft[]) => void }) {
  return (
    <SourceList
      name="Well-known servers"
      rows={CATALOGUE.map((entry) => ({
        id: entry.id,
        title: entry.title,
        by: entry.publisher === entry.title ? 'by its makers' : entry.publisher,
        words: entry.description,
        onChoose: () =>
          onChoose(entry.ways.map((way) => ({ ...way, title: entry.title, description: entry.description }))),
      }))}
    />
  )
}
