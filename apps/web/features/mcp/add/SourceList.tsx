import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'

export interface SourceRow {
  readonly id: string
  readonly title: string
  /** Publisher, version, whatever tells it from others of that title. */
  readonly by: ReactNode
  readonly words: string
  readonly onChoose: () => void
}

/** Servers to choose from: each row is one button. */
export function SourceList({ name, rows }: { name: string; rows: readonly SourceRow[] }) {
  return (
    <ul className="list sources" aria-label={name}>
      {rows.map((row) => (
        <li key={row.id}>
          <button type="button" onClick={row.onChoose}>
            <span>
              <b>{row.title}</b> <span className="small three">{row.by}</span>
              <span className="small two below">{row.words}</span>
            </span>
            <ChevronRight className="i s end" aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  )
}
