'use client'

import { ChevronRight, LogOut } from 'lucide-react'
import Link from 'next/link'
import { Button } from '../../ui/Button.tsx'
import { signOut } from '../account/door.ts'
import { PLACES } from './places.ts'
import { ON_PHONES } from './TabBar.tsx'
import { WallLink } from './WallLink.tsx'

/** On phones: the places that the bottom bar has no room for. */
export function More() {
  return (
    <>
      <h1>More</h1>
      <ul className="list top more">
        {PLACES.filter(({ href }) => !ON_PHONES.includes(href)).map((place) => (
          <li key={place.href}>
            <Link href={place.href}>
              <place.icon className="i" aria-hidden="true" />
              {place.name}
              <ChevronRight className="i s end" aria-hidden="true" />
            </Link>
          </li>
        ))}
      </ul>
      <p className="more-wall small">
        <WallLink />
      </p>
      <div className="acts">
        <Button icon={LogOut} onClick={() => void signOut()}>
          Sign out
        </Button>
      </div>
    </>
  )
}
