'use client'

import { useQuery } from '@tanstack/react-query'
import { Bot, FolderGit2, ListFilter, Search, Star } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { Chip, Menu } from '../../ui/Menu.tsx'
import { Pick } from '../../ui/Pick.tsx'
import { addressOf, filterOf, filterWords, NO_FILTER, SHOW_WORDS, type RunFilter } from './filter.ts'
import { useSavedFilters } from './savedFilters.ts'
import { useFilter } from './useFilter.ts'

const TYPING_MS = 200

/** Finds runs by words, state, repository and agent. */
export function FilterLine() {
  const { filter, change, leave } = useFilter()
  return (
    <form className="finder" role="search" aria-label="Runs" onSubmit={(event) => event.preventDefault()}>
      <SearchBox text={filter?.text ?? ''} onText={(text) => change({ text })} />
      <div className="chips">
        <Menu
          name="Which runs"
          items={SHOWS.map((show) => ({ label: SHOW_WORDS[show], onSelect: () => change({ show }) }))}
          trigger={(props) => <Chip {...props} icon={ListFilter} chosen={SHOW_WORDS[filter?.show ?? 'all']} />}
        />
        <RepositoryFilter filter={filter} change={change} />
        <AgentFilter filter={filter} change={change} />
        <SavedFilters filter={filter} />
        {filter === null ? null : (
          <Button tone="bare" onClick={leave}>
            Show the groups
          </Button>
        )}
      </div>
    </form>
  )
}

const SHOWS = ['all', 'needs', 'review', 'running', 'queued', 'done', 'archived'] as const

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
  // On a slow line somebody types before the page is alive.
  const box = useRef<HTMLInputElement>(null)
  useEffect(() => setTyped((before) => box.current?.value ?? before), [])
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

interface FilterPart {
  readonly filter: RunFilter | null
  readonly change: (part: Partial<RunFilter>) => void
}

const ANY = ''

function RepositoryFilter({ filter, change }: FilterPart) {
  const { data } = useQuery(useTRPC().repositories.list.queryOptions())
  const chosen = filter?.repository ?? ANY
  return (
    <Pick
      name="Repository"
      choices={[
        { value: ANY, label: 'Any repository' },
        ...(data ?? []).map(({ repository }) => ({ value: repository, label: repository })),
      ]}
      chosen={[chosen]}
      onPick={(value) => change({ repository: value === ANY ? null : value })}
      trigger={(props) => <Chip {...props} icon={FolderGit2} chosen={chosen === ANY ? 'Any repository' : chosen} />}
    />
  )
}

function AgentFilter({ filter, change }: FilterPart) {
  const { data } = useQuery(useTRPC().agents.list.queryOptions())
  const chosen = filter?.agent ?? ANY
  return (
    <Pick
      name="Agent"
      choices={[{ value: ANY, label: 'Any agent' }, ...(data ?? []).map(({ name }) => ({ value: name, label: name }))]}
      chosen={[chosen]}
      onPick={(value) => change({ agent: value === ANY ? null : value })}
      trigger={(props) => <Chip {...props} icon={Bot} chosen={chosen === ANY ? 'Any agent' : chosen} />}
    />
  )
}

function SavedFilters({ filter }: { filter: RunFilter | null }) {
  const { saved, save, forget } = useSavedFilters()
  // At once: the list is here, only its filter is another.
  const go = (address: string) => window.history.pushState(null, '', address)
  const here = filter === null ? null : addressOf(filter, true)
  if (here === null && saved.length === 0) return null
  const isSaved = here !== null && saved.includes(here)
  return (
    <Menu
      name="Saved filters"
      items={[
        ...saved.map((address) => ({ label: wordsOf(address), onSelect: () => go(address) })),
        ...(here === null
          ? []
          : [
              {
                label: isSaved ? 'Forget this filter' : 'Save this filter',
                starts: saved.length > 0,
                onSelect: () => (isSaved ? forget(here) : save(here)),
              },
            ]),
      ]}
      trigger={(props) => <Chip {...props} icon={Star} chosen="Saved" />}
    />
  )
}

function wordsOf(address: string): string {
  return filterWords(filterOf(new URLSearchParams(address.slice(2))) ?? NO_FILTER)
}
