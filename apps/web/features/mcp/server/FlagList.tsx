import { CircleAlert } from 'lucide-react'
import { visible } from '../../../ui/format/visible.ts'
import type { ServerTool } from '../types.ts'

/** What is odd about a tool's own words. */
export function FlagList({ flags }: { flags: ServerTool['flags'] }) {
  if (flags.length === 0) return null
  return (
    <ul className="notes">
      {flags.map(({ kind, place, words }) => (
        <li key={`${place} ${words}`}>
          <CircleAlert className="i s flag" aria-hidden="true" />
          <span>
            <b>{kind === 'hidden-characters' ? 'Hidden characters' : 'Speaks to the model'}</b> in{' '}
            <span className="mono">{place}</span>: {visible(words)}
          </span>
        </li>
      ))}
    </ul>
  )
}
