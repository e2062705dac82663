import { Minus, Pencil, Plus } from 'lucide-react'
import type { Change } from './changes.ts'

const LONGEST = 90

/** What is different, old and new. Of a long text only its beginning: the whole stands in the form. */
export function ChangeList({ changes }: { changes: readonly Change[] }) {
  return (
    <ul className="chg">
      {changes.map(({ name, label, before, after }) => {
        const Icon = before === null ? Plus : after === null ? Minus : Pencil
        return (
          <li key={name}>
            <Icon className="i s" aria-hidden="true" />
            <span>
              {label}{' '}
              {before === null ? null : (
                <>
                  <del>
                    <span className="vh">was </span>
                    {cut(before)}
                  </del>{' '}
                </>
              )}
              {after === null ? null : (
                <ins>
                  <span className="vh">is now </span>
                  {cut(after)}
                </ins>
              )}
            </span>
          </li>
        )
      })}
    </ul>
  )
}

function cut(text: string): string {
  const words = text.replaceAll(/\s*\n\s*/g, ' · ')
  return words.length > LONGEST ? `${words.slice(0, LONGEST).trimEnd()}…` : words
}
