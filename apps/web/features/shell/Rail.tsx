import { CircleHelp, Search } from 'lucide-react'
import Link from 'next/link'
import { Brand } from '../../ui/Brand.tsx'
import { isPlaceOf, PLACES } from './places.ts'
import { WallLink } from './WallLink.tsx'

/** Something that a press opens, and whose script comes when somebody is about to press. */
export interface Opener {
  readonly open: () => void
  readonly fetch: () => void
}

interface RailProps {
  readonly path: string
  readonly needsYou: number | null
  readonly find: Opener
  readonly keys: Opener
}

export function Rail({ path, needsYou, find, keys }: RailProps) {
  return (
    <nav className="rail" aria-label="Main">
      <Brand />
      <ul className="nav">
        {PLACES.map((place) => (
          <li key={place.href}>
            <Link href={place.href} aria-current={isPlaceOf(place, path) ? 'page' : undefined}>
              <place.icon className="i" aria-hidden="true" />
              {place.name}
              {place.href === '/' && needsYou !== null && needsYou > 0 ? (
                <span className="n count-flag">
                  <span className="vh">needs you: </span>
                  {needsYou}
                </span>
              ) : null}
            </Link>
          </li>
        ))}
      </ul>
      <div className="foot">
        <button
          type="button"
          className="foot-action"
          onClick={find.open}
          onPointerEnter={find.fetch}
          onFocus={find.fetch}
        >
          <Search className="i s" aria-hidden="true" />
          Find or do <kbd>⌘K</kbd>
        </button>
        <button
          type="button"
          className="foot-action"
          onClick={keys.open}
          onPointerEnter={keys.fetch}
          onFocus={keys.fetch}
        >
          <CircleHelp className="i s" aria-hidden="true" />
          Help <kbd>?</kbd>
        </button>
        <WallLink />
      </div>
    </nav>
  )
}
