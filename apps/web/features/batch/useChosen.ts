'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import type { Attempt } from './Batch.tsx'

/** The two attempts that are compared, by their ids in the address; without it the two first that are over. */
export function useChosen(attempts: readonly Attempt[]): readonly [readonly string[], (id: string) => void] {
  const path = usePathname()
  const asked = useSearchParams().get('compare')
  const chosen = asked === null ? firstTwo(attempts) : asked.split(',').filter(Boolean).slice(0, 2)
  const choose = (id: string) => {
    // A third one takes the place of the one that was chosen first.
    const next = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(-2)
    window.history.replaceState(null, '', `${path}?compare=${next.join(',')}`)
  }
  return [chosen, choose]
}

function firstTwo(attempts: readonly Attempt[]): readonly string[] {
  const over = attempts.filter(({ state }) => state.endedAt !== null)
  return over.length < 2 ? [] : over.slice(0, 2).map(({ id }) => id)
}
