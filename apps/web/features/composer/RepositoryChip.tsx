'use client'

import { useQuery } from '@tanstack/react-query'
import { GitBranch } from 'lucide-react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { later } from '../../ui/later.tsx'
import { Chip } from '../../ui/Menu.tsx'
import { Pick } from '../../ui/Pick.tsx'
import type { Choice } from '../../ui/pick.ts'
import type { ChipProps } from './Chips.tsx'
import { repositoriesIn, repositoryWords } from './deepLink.ts'
import { recentFirst } from './recentFirst.ts'
import { shortRepository, type TaskRepository } from './task.ts'

const Branch = later(() => import('./ChipFields.tsx').then((it) => it.Branch))

/** Which repositories, each with its branch; none is a choice too. */
export function RepositoryChip({ task, plan, change }: ChipProps) {
  const { data } = useQuery(useTRPC().repositories.list.queryOptions())
  const chosen = task.repositories ?? plan?.repositories ?? []
  const words = repositoryWords(chosen)
  const set = (repositories: readonly TaskRepository[]) => change({ repositories: [...repositories] })
  const toggle = (repository: string) => {
    const rest = chosen.filter((one) => one.repository !== repository)
    set(rest.length < chosen.length ? rest : [...chosen, { repository }])
  }
  return (
    <Pick
      name="Repositories"
      several
      choices={
        data &&
        choicesOf(
          recentFirst(data).map(({ repository }) => repository),
          chosen,
        )
      }
      chosen={chosen.map(({ repository }) => repository)}
      onPick={toggle}
      fromText={choiceOf}
      placeholder="Find, or paste an address"
      nothing="Paste an https:// address, or write the name of a repository kept here"
      footer={
        <>
          {chosen.map((one) => (
            <Branch
              key={one.repository}
              of={one}
              onBranch={(branch) =>
                set(chosen.map((other) => (other === one ? { repository: one.repository, ...branch } : other)))
              }
            />
          ))}
          <div className="acts">
            {chosen.length === 0 ? null : <Button onClick={() => set([])}>No repository</Button>}
            {task.repositories === undefined ? null : (
              <Button tone="bare" onClick={() => change({ repositories: undefined })}>
                As the agent says
              </Button>
            )}
          </div>
        </>
      }
      trigger={(props) => (
        <Chip {...props} icon={GitBranch} chosen={words.chosen}>
          {words.note === '' ? null : <span>{words.note}</span>}
          <span className="vh">, repositories</span>
        </Chip>
      )}
    />
  )
}

/** What is chosen stays in sight, whether or not it was ever used. */
function choicesOf(known: readonly string[], chosen: readonly TaskRepository[]): readonly Choice[] {
  const others = chosen.map(({ repository }) => repository).filter((repository) => !known.includes(repository))
  return [...others, ...known].map((repository) => ({
    value: repository,
    label: shortRepository(repository),
    note: shortRepository(repository) === repository ? undefined : new URL(repository).host,
  }))
}

function choiceOf(text: string): Choice | null {
  const [one] = repositoriesIn(text)
  const isAddress = one !== undefined && (URL.canParse(one.repository) || /^local\/[\w.-]+$/.test(one.repository))
  return isAddress ? { value: one.repository, label: `Use ${one.repository}` } : null
}
