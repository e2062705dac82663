import { CircleHelp, Search } from 'lucide-react'
import Link from 'next/link'
import { Brand } from '../../ui/Brand.tsx'
import { isPlaceOf, PLACES } from './places.ts'

export function Rail({ path }: { path: string }) {
  return (
    <nav className="rail" aria-label="Main">
      <Brand />
      <ul className="nav">
        {PLACES.map((place) => (
          <li key={place.href}>
            <Link href={place.href} aria-current={isPlaceOf(place, path) ? 'page' : undefined}>
              <place.icon className="i" aria-hidden="true" />
              {place.name}
            </Link>
          </li>
        ))}
      </ul>
      <div className="foot">
        <button type="button" className="foot-action">
          <Search className="i s" aria-hidden="true" />
          Find or do <kbd>⌘K</kbd>
        </button>
        <button type="button" className="foot-action">
          <CircleHelp className="i s" aria-hidden="true" />
          Help <kbd>?</kbd>
        </button>
      </div>
    </nav>
  )
}
