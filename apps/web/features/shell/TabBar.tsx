import { Ellipsis, Plus } from 'lucide-react'
import Link from 'next/link'
import { isPlaceOf, PLACES } from './places.ts'

export const ON_PHONES: readonly string[] = ['/', '/agents']

/** The bottom bar on phones: the places that a person needs on the way, a new run, and the rest behind More. */
export function TabBar({ path, needsYou }: { path: string; needsYou: number | null }) {
  const [runs, agents] = PLACES.filter(({ href }) => ON_PHONES.includes(href))
  return (
    <nav className="tabbar" aria-label="Main, below">
      {[runs, agents].map((place) =>
        place === undefined ? null : (
          <Link key={place.href} href={place.href} aria-current={isPlaceOf(place, path) ? 'page' : undefined}>
            <place.icon className="i" aria-hidden="true" />
            {place.name}
            {place.href === '/' && needsYou !== null && needsYou > 0 ? (
              <span className="count-flag">
                {needsYou}
                <span className="vh"> need you</span>
              </span>
            ) : null}
          </Link>
        ),
      )}
      <Link className="new" href="/?new">
        <span>
          <Plus className="i" aria-hidden="true" />
        </span>
        <span className="vh">New run</span>
      </Link>
      <Link href="/more" aria-current={path === '/more' ? 'page' : undefined}>
        <Ellipsis className="i" aria-hidden="true" />
        More
      </Link>
    </nav>
  )
}
