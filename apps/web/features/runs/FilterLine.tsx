'use client'

import { Search } from 'lucide-react'
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import { Arriving } from '../../ui/Arriving.tsx'
import { lazy } from '../../ui/lazy.ts'
import { useFilter } from './useFilter.ts'

const FilterChips = lazy(() => import('./FilterChips.tsx').then(({ FilterChips: it }) => ({ default: it })))

const TYPING_MS = 200

/** Finds runs by words, state, repository and agent. */
export function FilterLine() {
  const { filter, change, leave } = useFilter()
  return (
    <form className="finder" role="search" aria-label="Runs" onSubmit={(event) => event.preventDefault()}>
      <SearchBox text={filter?.text ?? ''} onText={(text) => change({ text })} />
      <div className="chips">
        <Arriving>
          <FilterChips filter={filter} change={change} leave={leave} />
        </Arriving>
      </div>
    </form>
  )
}

function SearchBox({ text, onText }: { text: string; onText: (text: string) => void }) {
  const [typed, setTyped] = useState(text)
  const [seen, setSeen] = useState(text)
  const [sent, setSent] = useState<string | null>(null)
  // Back, and a saved filter, change the address from outside; what was sent from here comes back a moment later, and by
  // then more may be typed.
  if (text !== seen) {
    setSeen(text)
    setSent(null)
    if (text !== sent) setTyped(text)
  }
  const box = useRef<HTMLInputElement>(null)
  const onAlive = useEffectEvent(() => setTyped(box.current?.value ?? ''))
  // On a slow line somebody types before the page is alive. Taken in before anything is drawn again, which would empty the box.
  useLayoutEffect(() => onAlive(), [])
  const tell = useEffectEvent(() => {
    if (typed.trim() === text) return
    setSent(typed.trim())
    onText(typed)
  })
  // The external system is the clock.
  useEffect(() => {
    const timer = setTimeout(tell, TYPING_MS)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <label className="finder-box">
      <Search className="i s" aria-hidden="true" />
      <span className="vh">Search runs</span>
      <input
        ref={box}
        type="search"
        className="in"
        placeholder="Search runs"
        value={typed}
        maxLength={200}
        onChange={(event) => setTyped(event.target.value)}
      />
    </label>
  )
}
