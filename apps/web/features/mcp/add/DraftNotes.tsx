import type { DraftNote } from '@errand/domain'
import { CircleAlert, Info, OctagonX } from 'lucide-react'
import { Words } from '../../../ui/Words.tsx'

const ICONS = { note: Info, warning: CircleAlert, stop: OctagonX } as const

/** What a person should know before they save it. */
export function DraftNotes({ notes }: { notes: readonly DraftNote[] }) {
  if (notes.length === 0) return null
  return (
    <ul className="notes">
      {notes.map(({ level, words }) => {
        const Icon = ICONS[level]
        return (
          <li key={words}>
            <Icon
              className={`i s ${level === 'stop' ? 'fault' : level === 'warning' ? 'flag' : ''}`.trim()}
              aria-hidden="true"
            />
            <span>
              {level === 'stop' ? <b>Not possible like this. </b> : null}
              <Words>{words}</Words>
            </span>
          </li>
        )
      })}
    </ul>
  )
}
