'use client'

import { useQuery } from '@tanstack/react-query'
import { Bot, FolderGit2, ListFilter, Star } from 'lucide-react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { Chip, Menu } from '../../ui/Menu.tsx'
import { Pick } from '../../ui/Pick.tsx'
import { addressOf, filterOf, NO_FILTER, type RunFilter } from './filter.ts'
import { filterWords, SHOW_WORDS } from './findRuns.ts'
import { useSavedFilters } from './savedFilters.ts'

interface FilterPart {
  readonly filter: RunFilter | null
  readonly change: (part: Partial<RunFilter>) => void
}

const SHOWS = ['all', 'needs', 'review', 'running', 'queued', 'done', 'archived'] as const

/** Which runs, of what, by whom; and the filters that were kept. */
export function FilterChips({ filter, change, leave }: FilterPart & { readonly leave: () => void }) {
  return (
    <>
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
    </>
  )
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
